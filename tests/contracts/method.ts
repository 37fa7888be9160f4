import { describe, expect, test } from "vitest";
import { AUTOMATIC_ANSWER } from "../../src/core/answer/answer.ts";
import type { Limits } from "../../src/core/budget.ts";
import type { SearchEvent } from "../../src/core/event.ts";
import { replay } from "../../src/core/inspection/replay.ts";
import type { Node } from "../../src/core/node.ts";
import { createMemoryStore } from "../../src/core/store.ts";
import { Tree } from "../../src/core/tree.ts";
import { dumpTree } from "../world/dump.ts";
import { createPlayer, type Player } from "../world/player.ts";
import { runWorld, type WorldOptions } from "../world/search.ts";

export interface MethodCase {
  readonly method: string;
  readonly params?: Record<string, unknown>;
  readonly verifiers: readonly string[];
  /** What the scripted model says to prompts that it does not know. */
  readonly reply?: WorldOptions["reply"];
  readonly selection?: string;
  readonly reference?: string;
}

const WIDTHS = [1, 8, 64];

/** What every method owes. A new method earns this suite before anything else. */
export function methodContract(one: MethodCase): void {
  const { method } = one;
  const options = { ...one, rollouts: 12 };

  describe.each(WIDTHS)(`${caseName(one)} at width %i`, (width) => {
    test("ends, serves one of its candidates, and leaves nothing in flight", async () => {
      const { tree, model } = await runWorld({ ...options, width });
      expect(tree.end?.answerNodeId).toBeTypeOf("string");
      const answer = tree.node(tree.end?.answerNodeId ?? "");
      expect(answer.isTerminal).toBe(true);
      expect(tree.openSteps.size).toBe(0);
      for (const node of [tree.root, ...tree.nodes]) expect(node.inFlight).toBe(0);
      expect(tree.account.reserved).toEqual({ rollouts: 0, calls: 0, tokens: 0, microdollars: 0 });
      expect(model.peakInFlight).toBeGreaterThan(0);
      // A verdict is worth more than anything: whatever the tree proved right is served.
      if (tree.solved !== null && method !== "self-consistency") expect(answer).toBe(tree.solved);
    });

    test("conserves visits: each is a judgement of the node itself or a visit of a child", async () => {
      const { tree } = await runWorld({ ...options, width, player: createPlayer(0.2) });
      for (const node of [tree.root, ...tree.nodes]) {
        const own = node.isTerminal && node.scores.length > 0 ? node.scores.length + node.repeats : node.scores.length;
        expect(node.visits).toBe(own + sum(node.children, (child) => child.visits));
        expect(node.valueSum).toBeLessThanOrEqual(node.visits + 1e-9);
      }
    });

    test("never passes a limit, at any moment, whatever the limit", async () => {
      const limitSets: Limits[] = [
        { rollouts: 1 },
        { rollouts: 5 },
        { calls: 1 },
        { calls: 7 },
        { tokens: 150 },
        { tokens: 700 },
        { microdollars: 333 },
        { calls: 9, tokens: 1000, rollouts: 6 },
      ];
      for (const limits of limitSets) {
        const { batches, tree } = await runWorld({ ...options, limits, width, player: createPlayer(0.1) });
        // Each of these affords one answer at least: whatever ends the search, there is one to serve.
        expect(tree.end?.answerNodeId).toBeTypeOf("string");
        const replayed = new Tree(AUTOMATIC_ANSWER);
        for (const batch of batches) {
          for (const event of batch) replayed.apply(event);
          for (const [name, limit] of Object.entries(limits) as ["rollouts" | "calls" | "tokens", number][]) {
            expect(replayed.spent[name] + replayed.reserved[name]).toBeLessThanOrEqual(limit);
          }
        }
      }
    });

    test("resumes at every cut point: answered steps are not asked again, and an answer is served", async () => {
      const whole = await runWorld({ ...options, width });
      for (let cut = 0; cut <= whole.batches.length; cut++) {
        const log = whole.batches.slice(0, cut).flat();
        const answered = new Set(log.filter((event) => event.type === "step-end").map((event) => event.stepId));
        const resumed = await runWorld({ ...options, width, store: createMemoryStore(log) });
        const news = resumed.events.slice(log.length);
        for (const event of news) if (event.type === "step-start") expect(answered).not.toContain(event.stepId);
        expect(resumed.tree.end?.answerNodeId).toBeTypeOf("string");
        expect(resumed.events.slice(0, log.length)).toEqual(log);
        const isComplete = cut === whole.batches.length;
        if (isComplete) expect(resumed.model.calls).toHaveLength(0);
        // Alone in flight, nothing can arrive in another order: the very same tree grows.
        if (width === 1) expect(nodesOf(resumed.tree)).toBe(nodesOf(whole.tree));
      }
    });

    test("its log, replayed, asks for the very same steps and the same answer", async () => {
      const { events, setup } = await runWorld({ ...options, width, player: createPlayer(0.2) });
      const { steps, mismatches } = replay(events, setup);
      expect(steps).toBeGreaterThan(0);
      expect(mismatches).toEqual([]);
    });

    test("told everything twice, nothing changes", async () => {
      const { events, tree, setup } = await runWorld({ ...options, width });
      const twice = new Tree(AUTOMATIC_ANSWER, setup.method.backup);
      for (const event of events) {
        twice.apply(event);
        twice.apply(event);
      }
      for (const event of events) twice.apply(event);
      expect(dumpTree(twice)).toBe(dumpTree(tree));
      // Late: the same results under later sequence numbers, after their steps have closed.
      const late = events.filter((event) => event.type !== "search-start" && event.type !== "step-start");
      for (const event of late) twice.apply({ ...event, sequence: twice.nextSequence } as SearchEvent);
      expect(nodesOf(twice)).toBe(nodesOf(tree));
    });

    test("the order of arrival inside a batch changes nothing", async () => {
      const plain = await runWorld({ ...options, width });
      // All of a wave are answered at the same instant, but the last asked resolves first.
      const reversed = await runWorld({ ...options, width, isReversedWithinInstant: true });
      expect(dumpTree(reversed.tree)).toBe(dumpTree(plain.tree));
    });

    test("equal answers are a tie that the earliest created wins, in any order of arrival", async () => {
      const orders: WorldOptions["latencyMs"][] = [
        () => 100,
        ({ number }) => 100 + number,
        ({ number }) => 5000 - number,
      ];
      const served = [];
      for (const latencyMs of orders) {
        const run = await runWorld({ ...options, width, player: alwaysTheSame, ...(latencyMs && { latencyMs }) });
        served.push(run.tree.textOf(run.tree.node(run.tree.end?.answerNodeId ?? "")));
      }
      expect(new Set(served).size).toBe(1);
    });

    test("survives failures: a retryable one is retried, and the search goes on with the rest", async () => {
      const { tree } = await runWorld({
        ...options,
        width,
        failure: ({ number }) => (number % 3 === 0 ? { type: "unavailable", message: "503" } : null),
      });
      expect(tree.end?.reason).not.toBe("upstream-errors");
      expect(tree.end?.answerNodeId).toBeTypeOf("string");
    });

    test("cancelled in the middle, it ends with its best so far and meters what was in flight", async () => {
      const { tree, model } = await runWorld({
        ...options,
        width,
        rollouts: 1000,
        player: createPlayer(0),
        cancelAfterMs: 150,
      });
      if (tree.end?.reason === "cancelled") expect(tree.attempts).toHaveLength(model.calls.length);
      else expect(method).toBe("single");
      expect(tree.openSteps.size).toBe(0);
    });
  });

  test(`${caseName(one)}: a final error of the provider is not bought twice`, async () => {
    const { tree, model } = await runWorld({
      ...options,
      failure: () => ({ type: "invalid-request", message: "bad schema" }),
    });
    expect(tree.end).toMatchObject({ reason: "upstream-errors", answerNodeId: null, error: { message: "bad schema" } });
    expect(model.calls).toHaveLength(1);
  });

  test(`${caseName(one)}: a provider that stays down ends the search after bounded calls`, async () => {
    const { tree, model } = await runWorld({ ...options, failure: () => ({ type: "unavailable", message: "down" }) });
    expect(tree.end).toMatchObject({ reason: "upstream-errors", answerNodeId: null });
    expect(model.calls.length).toBeLessThanOrEqual(9);
  });

  test(`${caseName(one)}: one rollout asks the model just what a plain request would`, async () => {
    const { model } = await runWorld({ ...options, limits: { rollouts: 1 }, rollouts: 1 });
    expect(model.calls.map(({ request }) => request)).toMatchObject([
      { prefix: "", count: 1, stop: [], maxTokens: 100 },
    ]);
  });
}

const SAME = "4 + 9 = 13 (left: 10 13 13)\n10 - 13 = -3 (left: -3 13)\n13 - -3 = 16 (left: 16)\nAnswer: 4 + 9 = 24";
const alwaysTheSame: Player = { play: (_hand, prefix) => SAME.slice(prefix.length), judge: () => 0.5 };

export function caseName({ method, params, verifiers }: MethodCase): string {
  return [method, ...(params === undefined ? [] : [JSON.stringify(params)]), `[${verifiers.join("+")}]`].join(" ");
}

/** Ids, texts, statistics: everything of the tree but what it cost. */
function nodesOf(tree: Tree): string {
  return dumpTree(tree)
    .split("\n")
    .filter((line) => !line.startsWith("end "))
    .join("\n");
}

function sum(nodes: readonly Node[], measure: (node: Node) => number): number {
  return nodes.reduce((total, node) => total + measure(node), 0);
}
