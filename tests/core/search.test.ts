import { expect, test } from "vitest";
import { createMemoryStore } from "../../src/core/store.ts";
import { createPlayer } from "../world/player.ts";
import { runWorld } from "../world/search.ts";

const hopeless = createPlayer(0);

test("16 rollouts at width 8 take two latencies, not sixteen", async () => {
  const options = { method: "best-of-n", verifiers: ["agreement"], rollouts: 16, width: 8 };
  const { elapsedMs, model } = await runWorld(options);
  expect([elapsedMs, model.peakInFlight, model.calls.length]).toEqual([200, 8, 16]);
});

test("nothing waits for a straggler: seven go on while the eighth takes its time", async () => {
  const { elapsedMs, model } = await runWorld({
    method: "best-of-n",
    verifiers: ["agreement"],
    rollouts: 36,
    width: 8,
    latencyMs: ({ number }) => (number === 0 ? 500 : 100),
  });
  // Rounds with a barrier would take 500 + 4 * 100.
  expect([elapsedMs, model.calls.length]).toEqual([500, 36]);
});

test("one row per answered step: results and the starts decided upon them are appended together", async () => {
  const { batches } = await runWorld({ method: "best-of-n", rollouts: 10, width: 1, player: hopeless });
  // The start, one append per rollout with its verdict and the next start, and the end.
  expect(batches).toHaveLength(12);
  expect(batches[1]?.map(({ type }) => type)).toEqual([
    "thought-add",
    "step-end",
    "step-start",
    "score-add",
    "step-end",
    "step-start",
  ]);
});

test("the wall-time limit ends the search with its best so far", async () => {
  const { tree, elapsedMs } = await runWorld({
    method: "best-of-n",
    rollouts: 1000,
    width: 2,
    player: hopeless,
    limits: { milliseconds: 250 },
  });
  expect([tree.end?.reason, elapsedMs, tree.rollouts]).toEqual(["milliseconds", 250, 4]);
  expect(tree.end?.answerNodeId).toBe("1.0");
});

test("wall time counts from the first start, also over a restart", async () => {
  const first = await runWorld({ method: "best-of-n", rollouts: 100, player: hopeless, cancelAfterMs: 950 });
  const log = first.events.filter(
    ({ type, atMs }) => type !== "search-end" && atMs < (first.events[0]?.atMs ?? 0) + 900,
  );
  const aged = log.map((event) => ({ ...event, atMs: event.atMs - 1_000_000 }));
  const { tree, model } = await runWorld({
    method: "best-of-n",
    rollouts: 100,
    player: hopeless,
    limits: { milliseconds: 60_000 },
    store: createMemoryStore(aged),
  });
  expect([tree.end?.reason, model.calls.length]).toEqual(["milliseconds", 0]);
});

test("a proven answer cancels what is in flight, and what it had cost is metered", async () => {
  const { tree, model } = await runWorld({
    method: "best-of-n",
    rollouts: 8,
    width: 8,
    player: createPlayer(1),
    latencyMs: ({ number }) => 100 * (1 + number),
  });
  expect([tree.end?.reason, tree.rollouts]).toEqual(["early-stop", 1]);
  expect(model.calls).toHaveLength(8);
  expect(tree.attempts.filter(({ outcome }) => outcome === "cancelled")).toHaveLength(7);
});

test("what was in flight at a crash is posted in full and marked as an estimate, and asked again", async () => {
  const whole = await runWorld({ method: "best-of-n", rollouts: 4, width: 4, player: hopeless });
  const log = whole.batches.slice(0, 1).flat();
  const { tree } = await runWorld({
    method: "best-of-n",
    rollouts: 4,
    width: 4,
    player: hopeless,
    store: createMemoryStore(log),
  });
  const lost = tree.attempts.filter(({ isEstimated }) => isEstimated);
  expect([lost.length, tree.attempts.length, tree.rollouts]).toEqual([4, 8, 4]);
  expect(lost.every(({ completionTokens }) => completionTokens > 100)).toBe(true);
});

test("cancelled before it is resumed, a search asks nobody and pays only for what had been lost", async () => {
  const whole = await runWorld({ method: "best-of-n", rollouts: 4, width: 4, player: hopeless });
  const log = whole.batches.slice(0, 1).flat();
  const { tree, model } = await runWorld({
    method: "best-of-n",
    rollouts: 4,
    width: 4,
    player: hopeless,
    store: createMemoryStore(log),
    isCancelledAtStart: true,
  });
  expect([tree.end?.reason, model.calls.length, tree.attempts.length]).toEqual(["cancelled", 0, 4]);
});

test("an identical answer is counted, not added: it votes twice and is judged once", async () => {
  const echo = { play: () => "Answer: 4 * 9 - 10 - 13 = 24", judge: () => 0.5 };
  const { tree } = await runWorld({ method: "best-of-n", verifiers: ["agreement"], rollouts: 5, player: echo });
  expect([tree.terminals.length, tree.terminals[0]?.repeats, tree.rollouts]).toEqual([1, 4, 5]);
  expect(tree.terminals[0]?.scores[0]?.reason).toContain("5 of 5");
});

test("a bug in a step is thrown, not swallowed", async () => {
  const broken = {
    play: () => {
      throw new Error("a bug");
    },
    judge: () => 0.5,
  };
  await expect(runWorld({ method: "single", player: broken })).rejects.toThrow("a bug");
});

test("a retry holds anew: where a step has become dearer than its limit, it is not asked again", async () => {
  let calls = 1;
  const options = { method: "best-of-n", params: { samples_per_call: 4 }, rollouts: 4, limits: { calls: 3 } };
  const { tree, model } = await runWorld({
    ...options,
    player: hopeless,
    callsPerRequest: ({ count }) => (calls === 1 ? 1 : count),
    failure: ({ number }) => {
      // The first attempt teaches that every sample needs a call of its own.
      calls = 4;
      return number === 0 ? { type: "malformed", message: "the upstream refused n" } : null;
    },
  });
  expect(model.calls[0]?.request.count).toBe(4);
  expect(tree.spent.calls).toBeLessThanOrEqual(3);
  for (const { request } of model.calls.slice(1)) expect(request.count).toBeLessThan(4);
});
