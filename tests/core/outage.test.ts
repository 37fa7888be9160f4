import { describe, expect, test } from "vitest";
import type { Amounts } from "../../src/core/amounts.ts";
import { createCanceller } from "../../src/core/cancellation.ts";
import type { SearchEvent } from "../../src/core/event.ts";
import { holdOf } from "../../src/core/hold.ts";
import type { Attempt, Completion, ModelError } from "../../src/core/model.ts";
import { succeed } from "../../src/core/result.ts";
import { search } from "../../src/core/search.ts";
import { createMemoryStore } from "../../src/core/store.ts";
import { runWorld, type WorldOptions } from "../world/search.ts";
import { createVirtualTime } from "../world/time.ts";

const down: ModelError = { type: "unavailable", message: "down" };
const hopeless = { play: () => "Answer: 4 + 9 + 10 + 13 = 24", judge: () => 0.5 };
const BASE: WorldOptions = { method: "best-of-n", player: hopeless };

/** Calls for a step that were its first. */
function firstCalls(events: readonly SearchEvent[]): number {
  return events.filter((event) => event.type === "step-start" && event.attempt === 1 && event.reserved.calls > 0)
    .length;
}

describe("a full outage (I15)", () => {
  test.each([1, 2, 4, 8, 16, 32, 64])(
    "from the start, at width %i: a fifth more calls at most, two where there are few",
    async (width) => {
      const { model, events, tree } = await runWorld({ ...BASE, rollouts: 64, width, failure: () => down });
      const firsts = firstCalls(events);
      expect(model.calls.length).toBeLessThanOrEqual(firsts + Math.max(2, Math.floor(0.2 * firsts)));
      expect(tree.end).toMatchObject({ reason: "upstream-errors", error: { type: "unavailable" } });
    },
  );

  test.each([5, 17, 40])(
    "from call %i on: what is repeated since then is bounded by the steps of the whole search",
    async (from) => {
      const { model, events, tree } = await runWorld({
        ...BASE,
        rollouts: 64,
        width: 16,
        failure: ({ number }) => (number >= from ? down : null),
      });
      const firsts = firstCalls(events);
      expect(model.calls.length).toBeLessThanOrEqual(firsts + Math.max(2, Math.floor(0.2 * firsts)));
      // The best so far is served.
      expect(tree.end).toMatchObject({ reason: "upstream-errors", answerNodeId: expect.any(String) });
    },
  );

  test("that is over after a second costs no candidate: what found no room for a repeat has waited for one", async () => {
    const { tree } = await runWorld({
      ...BASE,
      rollouts: 32,
      width: 16,
      // The first wave, and the first two repeats of it.
      failure: ({ number }) => (number < 18 ? down : null),
    });
    expect([tree.end?.reason, tree.rollouts]).toEqual(["completed", 32]);
    expect(tree.attempts.filter(({ outcome }) => outcome === "unavailable")).toHaveLength(18);
  });
});

test("a wait that ends after the deadline is no retry", async () => {
  const { tree, elapsedMs } = await runWorld({
    ...BASE,
    limits: { milliseconds: 3000, rollouts: 4 },
    failure: () => ({ type: "rate-limited", message: "later", retryAfterMs: 5000 }),
  });
  expect(tree.end).toMatchObject({ reason: "upstream-errors", error: { type: "rate-limited" } });
  expect(elapsedMs).toBeLessThan(3000);
});

test("a provider that says when it will be back is asked then", async () => {
  const { tree, elapsedMs } = await runWorld({
    ...BASE,
    rollouts: 1,
    failure: ({ number }) => (number === 0 ? { type: "unavailable", message: "", retryAfterMs: 7000 } : null),
  });
  expect([tree.rollouts, elapsedMs]).toEqual([1, 7200]);
});

describe("more set aside while a step is carried out", () => {
  const EXTRA: Amounts = { rollouts: 0, calls: 1, tokens: 50, microdollars: 7 };

  const ATTEMPT: Attempt = {
    provider: "p",
    model: "m",
    startedAtMs: 0,
    headersAtMs: 0,
    endedAtMs: 0,
    promptTokens: 5,
    completionTokens: 5,
    cachedTokens: 0,
    microdollars: 0,
    isEstimated: false,
    outcome: "completed",
  };
  const completion = (): Completion => ({
    text: "Answer: 4 + 9 + 10 + 13 = 24",
    ending: "stop",
    stopSequence: null,
    model: "m",
    logprobSum: null,
    tokenCount: null,
    firstToken: [],
  });

  /** A search whose first call asks for more, `times` times over. */
  async function raising(times: number, reason: "fallback" | "hedge", limits = {}, isDiskFull = false) {
    const { setup } = await runWorld({ ...BASE, rollouts: 2 });
    const granted: boolean[] = [];
    const held: Amounts[] = [];
    const stored = createMemoryStore();
    const store: typeof stored = {
      ...stored,
      append: (events) => {
        if (isDiskFull && events.some(({ type }) => type === "step-hold")) throw new Error("disk is full");
        stored.append(events);
      },
    };
    const time = createVirtualTime();
    const model: typeof setup.model = {
      ...setup.model,
      capabilities: setup.model.capabilities,
      complete: async (request, signal) => {
        for (let ask = granted.length; ask < times; ask++) granted.push(holdOf(signal).raise(EXTRA, reason));
        held.push(...holds(store.read(0)));
        return { result: succeed(Array.from({ length: request.count }, completion)), attempts: [ATTEMPT] };
      },
    };
    const world = { store, clock: time, signal: createCanceller().signal, onAppend: () => {} };
    const tree = await time.run(search({ ...setup, model, limits: { rollouts: 2, ...limits } }, world));
    return { tree, granted, held, events: store.read(0) };
  }

  const holds = (events: readonly SearchEvent[]) =>
    events.flatMap((event) => (event.type === "step-hold" ? [event.extra] : []));

  test("is on record before the call is made, and free again when the step has ended", async () => {
    const { tree, granted, held } = await raising(1, "hedge");
    expect([granted, held[0]]).toEqual([[true], EXTRA]);
    expect(tree.reserved).toEqual({ rollouts: 0, calls: 0, tokens: 0, microdollars: 0 });
  });

  test("is refused where a limit would be passed (I1)", async () => {
    const { granted } = await raising(3, "hedge", { calls: 3 });
    expect(granted).toEqual([true, true, false]);
  });

  test("for a fallback is refused where the retry budget is used up; for a hedge it is no matter of retries", async () => {
    expect((await raising(4, "fallback")).granted).toEqual([true, true, false, false]);
    expect((await raising(4, "hedge")).granted).toEqual([true, true, true, true]);
  });

  test("that the store does not take is refused, and ends the run like any other write that fails", async () => {
    // From a timer of a hedge the throw would be nobody's.
    await expect(raising(1, "hedge", {}, true)).rejects.toThrow("disk is full");
  });

  test("is posted with the rest after a crash", async () => {
    const { events } = await raising(1, "hedge");
    const upToHold = events.slice(0, events.findIndex(({ type }) => type === "step-hold") + 1);
    const { tree } = await runWorld({ ...BASE, rollouts: 2, store: createMemoryStore(upToHold) });
    const [start] = events.filter((event) => event.type === "step-start");
    const reserved = start?.type === "step-start" ? start.reserved : EXTRA;
    const lost = tree.attempts.filter(({ isEstimated }) => isEstimated);
    expect(lost).toHaveLength(reserved.calls + 1);
    expect(lost.reduce((sum, { completionTokens }) => sum + completionTokens, 0)).toBe(reserved.tokens + 50);
  });
});
