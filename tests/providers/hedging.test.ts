import { describe, expect, test } from "vitest";
import { createHedgeAllowance, hedgeDelayMs } from "../../src/providers/hedging/hedging.ts";
import { createLatencyWindow } from "../../src/providers/latency.ts";
import { answer, FAULTS, type ScriptedCall } from "../upstream/index.ts";
import { createRoutedRig } from "./routed-support.ts";
import { textsOf } from "./support.ts";

const SETTINGS = { quantile: 0.95, minimumCalls: 16, share: 0.05, burst: 5 };

describe("when a call is slow", () => {
  const measured = (...ms: readonly number[]) => {
    const window = createLatencyWindow();
    for (const one of ms) window.add(one);
    return window;
  };

  test("nobody knows before enough calls were measured", () => {
    expect(hedgeDelayMs(measured(...Array(15).fill(100)), SETTINGS)).toBeNull();
    expect(hedgeDelayMs(measured(...Array(16).fill(100)), SETTINGS)).toBe(150);
  });

  test("it is the 95th percentile by nearest rank, and one and a half times the median at least", () => {
    // 20 values: the 19th is the percentile, the 10th the median.
    const spread = [...Array(10).fill(100), ...Array(8).fill(150), 700, 900];
    expect(hedgeDelayMs(measured(...spread), SETTINGS)).toBe(700);
    expect(hedgeDelayMs(measured(...Array(19).fill(100), 101), SETTINGS)).toBe(150);
  });

  test("of a hedge it is one and a half times the median, whatever the percentile", () => {
    const spread = [...Array(10).fill(100), ...Array(8).fill(150), 700, 900];
    expect(hedgeDelayMs(measured(...spread), SETTINGS, true)).toBe(150);
  });

  test("only the last 64 calls count", () => {
    expect(hedgeDelayMs(measured(...Array(64).fill(5000), ...Array(64).fill(10)), SETTINGS)).toBe(15);
  });
});

test("the allowance is a burst, and a share of the calls made", () => {
  const allowance = createHedgeAllowance({ ...SETTINGS, burst: 1, share: 0.25 });
  const taken = (): number => {
    let count = 0;
    for (; allowance.has; count++) allowance.take();
    return count;
  };
  expect(taken()).toBe(1);
  for (let call = 0; call < 7; call++) allowance.earn();
  expect(taken()).toBe(1);
  allowance.earn();
  expect(taken()).toBe(1);
});

describe("a straggler", () => {
  const HEDGE = { hedge: { minimumCalls: 5, burst: 2 } };
  /** Every call at once, but the sixth never. */
  const straggling = ({ number }: ScriptedCall) =>
    number === 6 ? FAULTS.headerStall : answer([`a${number}`], { headerDelayMs: 20 });
  const warm = async (rig: Awaited<ReturnType<typeof createRoutedRig>>) => {
    for (let call = 0; call < 5; call++) await rig.ask();
  };

  test("is made once more elsewhere; the loser is cancelled, and both are metered", async () => {
    const rig = await createRoutedRig({ a: straggling, b: () => answer(["from b"]) }, HEDGE);
    await warm(rig);
    const outcome = await rig.ask();
    expect(textsOf(outcome)).toEqual(["from b"]);
    expect(outcome.attempts).toMatchObject([
      { provider: "a", outcome: "cancelled", isEstimated: true },
      { provider: "b", outcome: "completed", isHedge: true },
    ]);
    expect(outcome.attempts[0]?.promptTokens).toBeGreaterThan(0);
    expect(rig.raised.map(({ reason }) => reason)).toEqual(["hedge"]);
    await rig.upstreams.a?.ledger.until(({ calls }) => calls[5]?.isAborted === true);
  });

  test("is made once more where it was asked first, if there is nobody else, with the same seed", async () => {
    const rig = await createRoutedRig({ a: straggling }, HEDGE);
    await warm(rig);
    expect(textsOf(await rig.ask({ seed: 77 }))).toEqual(["a7"]);
    expect(rig.upstreams.a?.ledger.calls.slice(5).map(({ body }) => body.seed)).toEqual([77, 77]);
  });

  test("is waited for where the budget has no room for a second call", async () => {
    const slow = ({ number }: ScriptedCall) => answer([`a${number}`], { headerDelayMs: number === 6 ? 300 : 20 });
    const rig = await createRoutedRig({ a: slow }, HEDGE);
    await warm(rig);
    expect(textsOf(await rig.ask({}, 0))).toEqual(["a6"]);
    expect(rig.calls()).toEqual([6]);
  });

  test("a hedge that straggles, too, is replaced, and then no further one is made", async () => {
    const rig = await createRoutedRig({ a: ({ number }) => (number >= 6 ? FAULTS.headerStall : answer(["a"])) }, HEDGE);
    await warm(rig);
    const outcome = await rig.ask();
    expect(outcome.result).toMatchObject({ ok: false, error: { type: "timeout" } });
    expect(rig.calls()).toEqual([8]);
    expect(outcome.attempts).toHaveLength(3);
  });

  test("nothing is made twice where hedging was not asked for", async () => {
    const slow = ({ number }: ScriptedCall) => answer([`a${number}`], { headerDelayMs: number === 30 ? 400 : 5 });
    const rig = await createRoutedRig({ a: slow, b: () => answer(["from b"]) });
    for (let call = 0; call < 30; call++) await rig.ask();
    expect(rig.calls()).toEqual([30, 0]);
  });
});
