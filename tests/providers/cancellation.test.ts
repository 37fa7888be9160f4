import { describe, expect, it } from "vitest";
import { createCanceller } from "../../src/core/cancellation.ts";
import { answer, FAULTS, type ScriptedCall } from "../upstream/index.ts";
import { createRig, errorOf } from "./support.ts";

describe("cancellation", () => {
  it("in the middle of a stream is told from an end, aborts the upstream at once and is metered", async () => {
    const rig = await createRig(() => FAULTS.bodyStall);
    const canceller = createCanceller();
    const asked = rig.ask({}, canceller);
    await rig.upstream.ledger.until(({ calls }) => calls[0]?.headersAtMs !== null && calls.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 30));
    const cancelledAtMs = Date.now();
    canceller.cancel();
    const outcome = await asked;
    expect(Date.now() - cancelledAtMs).toBeLessThan(300);
    expect(errorOf(outcome).type).toBe("cancelled");
    expect(outcome.attempts).toHaveLength(1);
    expect(outcome.attempts[0]).toMatchObject({ outcome: "cancelled", completionTokens: 64, isEstimated: true });
    expect(outcome.attempts[0]?.headersAtMs).not.toBeNull();
    await rig.upstream.ledger.until(({ calls }) => calls[0]?.isAborted === true, 1000);
  });

  it("while pieces stream never yields the part that came as an answer", async () => {
    const pieces = Array<string>(200).fill("x");
    for (const afterMs of [5, 20, 40, 80]) {
      const rig = await createRig(() => answer([{ pieces }], { pieceDelayMs: 5 }));
      const canceller = createCanceller();
      setTimeout(() => canceller.cancel(), afterMs);
      expect(errorOf(await rig.ask({}, canceller)).type).toBe("cancelled");
    }
  });

  it("before the headers is metered too: the request has left", async () => {
    const rig = await createRig(() => FAULTS.headerStall);
    const canceller = createCanceller();
    const asked = rig.ask({}, canceller);
    await rig.upstream.ledger.until(({ calls }) => calls.length === 1);
    canceller.cancel();
    const outcome = await asked;
    expect(outcome.attempts).toHaveLength(1);
    expect(outcome.attempts[0]).toMatchObject({ outcome: "cancelled", headersAtMs: null, isEstimated: true });
  });

  it("before the call sends nothing", async () => {
    const rig = await createRig(() => answer(["24"]));
    const canceller = createCanceller();
    canceller.cancel();
    const outcome = await rig.ask({ count: 3 }, canceller);
    expect(errorOf(outcome).type).toBe("cancelled");
    expect(outcome.attempts).toEqual([]);
    expect(rig.upstream.ledger.calls).toHaveLength(0);
  });

  it("of many single calls meters those that have left and no others", async () => {
    const rig = await createRig(({ seed }: ScriptedCall) => (seed === 5 ? answer(["24"]) : FAULTS.headerStall), {
      capabilities: { n: "ignored" },
    });
    const canceller = createCanceller();
    const asked = rig.ask({ count: 30 }, canceller);
    await rig.upstream.ledger.until(({ calls }) => calls.length === 7);
    canceller.cancel();
    const outcome = await asked;
    expect(errorOf(outcome).type).toBe("cancelled");
    expect(outcome.attempts).toHaveLength(7);
    expect(outcome.attempts.map((attempt) => attempt.outcome)).toEqual(["completed", ...Array(6).fill("cancelled")]);
    expect(rig.upstream.ledger.calls).toHaveLength(7);
  });

  it("after the answer changes nothing", async () => {
    const rig = await createRig(() => answer(["24"]));
    const canceller = createCanceller();
    const outcome = await rig.ask({}, canceller);
    canceller.cancel();
    expect(outcome.result.ok).toBe(true);
    expect(rig.upstream.ledger.calls[0]?.isAborted).toBe(false);
  });
});
