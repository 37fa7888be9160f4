import { encodeChat } from "../chat.ts";
import type { Engine } from "../engine.ts";
import type { Model } from "../model-file.ts";
import { createRandom } from "../random.ts";
import { createScheduler, type Scheduler } from "../scheduler.ts";
import { END } from "../vocabulary.ts";

export type Completion = { readonly text: string; readonly tokens: number; readonly isComplete: boolean };

export type GenerateOptions = {
  readonly temperature: number;
  readonly seed: number;
  /** Completions of the one prompt. Completion i draws from the stream (seed, i). */
  readonly count: number;
};

const MAX_TOKENS = 100;

/** Samples completions for one user message; the scheduler batches concurrent calls. */
export function generate(
  model: Model,
  scheduler: Scheduler,
  user: string,
  options: GenerateOptions,
): Promise<readonly Completion[]> {
  const { tokenizer } = model;
  const prompt = encodeChat(tokenizer, [{ role: "user", content: user }]);
  const end = tokenizer.special(END);
  return Promise.all(
    Array.from({ length: options.count }, (_, index) => {
      const tokens: number[] = [];
      return new Promise<Completion>((resolve, reject) => {
        scheduler.add([
          {
            prompt,
            maxTokens: MAX_TOKENS,
            sampling: { temperature: options.temperature, topP: 1 },
            random: createRandom(options.seed, index),
            onToken(token) {
              if (token === end) return "stop";
              tokens.push(token);
              return "continue";
            },
            onEnd: (reason) =>
              resolve({
                text: tokenizer.decode(tokens),
                tokens: tokens.length + (reason === "stop" ? 1 : 0),
                isComplete: reason === "stop",
              }),
            onError: reject,
          },
        ]);
      });
    }),
  );
}

/** P(yes) / (P(yes) + P(no)) for each state text: the value that search takes from the judge. */
export function judgeAll(model: Model, engine: Engine, prompts: readonly string[]): readonly number[] {
  const { tokenizer } = model;
  const [yes = 0] = tokenizer.encode("yes");
  const [no = 0] = tokenizer.encode("no");
  return prompts.map((prompt) => {
    const tokens = encodeChat(tokenizer, [{ role: "user", content: prompt }]);
    const rows = tokens.map((token, position) => ({ slot: 0, position, token }));
    const [logits] = engine.forward(rows, [rows.length - 1]);
    if (logits === undefined) throw new Error("the engine returned no logits");
    return 1 / (1 + Math.exp((logits[no] as number) - (logits[yes] as number)));
  });
}

/** A scheduler that lets the host breathe between decode steps. */
export function createLocalScheduler(engine: Engine): Scheduler {
  return createScheduler(engine, () => new Promise((resolve) => setImmediate(resolve)));
}
