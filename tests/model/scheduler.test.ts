import { expect, test } from "vitest";
import { encodeChat } from "../../model/chat.ts";
import { loadEngine, loadModel } from "../../model/load.ts";
import { createRandom } from "../../model/random.ts";
import { topTokens } from "../../model/sampler.ts";
import { createScheduler, type SequenceRequest } from "../../model/scheduler.ts";

const model = loadModel();
const prompt = encodeChat(model.tokenizer, [{ role: "user", content: "Use 4 9 10 13 to make 24" }]);
const yieldToHost = () => new Promise<void>((resolve) => setImmediate(resolve));

type Run = { readonly tokens: number[]; cached: number };

/** Runs a group of sequences to their end. */
function generate(slots: number, count: number, change: Partial<SequenceRequest> = {}): Promise<readonly Run[]> {
  const scheduler = createScheduler(loadEngine(model, slots), yieldToHost);
  const runs = Array.from({ length: count }, (): Run => ({ tokens: [], cached: -1 }));
  return new Promise((resolve, reject) => {
    let open = count;
    scheduler.add(
      runs.map((run, index) => ({
        prompt,
        maxTokens: 20,
        sampling: { temperature: 1, topP: 1 },
        random: createRandom(5, index),
        onStart(cached) {
          run.cached = cached;
        },
        onToken(token) {
          run.tokens.push(token);
          return "continue";
        },
        onEnd() {
          open--;
          if (open === 0) resolve(runs);
        },
        onError: reject,
        ...change,
      })),
    );
  });
}

test("sequences are the same whether they fit into the slots or wait for one", async () => {
  const roomy = await generate(8, 6);
  const tight = await generate(2, 6);
  expect(tight.map((run) => run.tokens)).toEqual(roomy.map((run) => run.tokens));
  expect(roomy.every((run) => run.tokens.length === 20)).toBe(true);
});

test("a group computes its prompt once", async () => {
  const runs = await generate(8, 4);
  expect(runs.map((run) => run.cached)).toEqual([0, prompt.length - 1, prompt.length - 1, prompt.length - 1]);
});

test("a cancelled sequence gets no further token, and the others go on", async () => {
  const scheduler = createScheduler(loadEngine(model, 4), yieldToHost);
  const counts = [0, 0];
  await new Promise<void>((resolve) => {
    const sequences = scheduler.add(
      counts.map((_, index) => ({
        prompt,
        maxTokens: 20,
        sampling: { temperature: 0, topP: 1 },
        random: createRandom(1),
        onToken() {
          counts[index] = (counts[index] ?? 0) + 1;
          if (counts[0] === 3) sequences[0]?.cancel();
          return "continue" as const;
        },
        onEnd: () => resolve(),
      })),
    );
  });
  expect(counts).toEqual([3, 20]);
  expect(scheduler.load()).toEqual({ active: 0, waiting: 0 });
});

test("a small top_p is greedy", async () => {
  const greedy = await generate(2, 1, { sampling: { temperature: 0, topP: 1 } });
  const narrow = await generate(2, 1, { sampling: { temperature: 1, topP: 1e-9 } });
  expect(narrow[0]?.tokens).toEqual(greedy[0]?.tokens);
});

test("the most probable tokens come first, ties by id", () => {
  expect(topTokens(Float32Array.of(1, 5, 3, 5, 0), 3)).toEqual([1, 3, 2]);
  expect(topTokens(Float32Array.of(1, 2), 0)).toEqual([]);
});
