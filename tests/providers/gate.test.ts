import { describe, expect, it } from "vitest";
import { createCanceller } from "../../src/core/cancellation.ts";
import { createGate, type Release } from "../../src/providers/gate.ts";
import { answer } from "../upstream/index.ts";
import { createRig, textsOf } from "./support.ts";

const never = createCanceller().signal;

async function granted(promise: Promise<Release | null>): Promise<Release> {
  const release = await promise;
  if (release === null) throw new Error("not granted");
  return release;
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe("gate", () => {
  it("grants in the order of arrival", async () => {
    const gate = createGate(1);
    const first = await granted(gate.acquire(never));
    const order: number[] = [];
    const rest = [1, 2, 3].map(async (number) => {
      const release = await granted(gate.acquire(never));
      order.push(number);
      release();
    });
    first();
    await Promise.all(rest);
    expect(order).toEqual([1, 2, 3]);
  });

  it("lets nobody overtake the queue at the moment of release", async () => {
    const gate = createGate(1);
    const first = await granted(gate.acquire(never));
    const order: string[] = [];
    const queued = gate.acquire(never).then(() => order.push("queued"));
    first();
    gate.acquire(never).then(() => order.push("newcomer"));
    await queued;
    await settled();
    expect(order).toEqual(["queued"]);
  });

  it("gives null to a caller cancelled in the queue, and its place to the next", async () => {
    const gate = createGate(1);
    const first = await granted(gate.acquire(never));
    const canceller = createCanceller();
    const cancelled = gate.acquire(canceller.signal);
    const next = gate.acquire(never);
    canceller.cancel();
    expect(await cancelled).toBeNull();
    first();
    await granted(next);
  });

  it("gives null at once to a caller who was cancelled before", async () => {
    const canceller = createCanceller();
    canceller.cancel();
    expect(await createGate().acquire(canceller.signal)).toBeNull();
  });

  it("takes a slot back once, however often it is released", async () => {
    const gate = createGate(1);
    const release = await granted(gate.acquire(never));
    release();
    release();
    await granted(gate.acquire(never));
    let hasSecond = false;
    gate.acquire(never).then(() => {
      hasSecond = true;
    });
    await settled();
    expect(hasSecond).toBe(false);
  });

  it("takes a real AbortSignal", async () => {
    const gate = createGate(1);
    await granted(gate.acquire(never));
    const controller = new AbortController();
    const queued = gate.acquire(controller.signal);
    controller.abort();
    expect(await queued).toBeNull();
  });
});

describe("gate over HTTP", () => {
  it("never lets more than six calls wait for headers, while many more stream", async () => {
    const rig = await createRig(() => answer(["a", "b"], { headerDelayMs: 20, pieceDelayMs: 150 }));
    const outcomes = await Promise.all(Array.from({ length: 64 }, () => rig.ask()));
    expect(outcomes.every(({ result }) => result.ok)).toBe(true);
    expect(rig.upstream.ledger.calls).toHaveLength(64);
    expect(rig.upstream.ledger.headerWaitingPeak).toBe(6);
    expect(rig.upstream.ledger.concurrentPeak).toBeGreaterThan(12);
  });

  it("starts the header timeout at the grant: 64 slow calls queue for over a second and none times out", async () => {
    const rig = await createRig(() => answer(["late"], { headerDelayMs: 100 }), { headerTimeoutMs: 300 });
    const startedAtMs = Date.now();
    const outcomes = await Promise.all(Array.from({ length: 64 }, () => rig.ask()));
    expect(Date.now() - startedAtMs).toBeGreaterThan(1000);
    expect(outcomes.map((outcome) => textsOf(outcome)[0])).toEqual(Array(64).fill("late"));
  });

  it("frees the slot of a call whose headers time out, is refused, or is cancelled", async () => {
    const gate = createGate(1);
    const rig = await createRig(({ number }) => (number === 3 ? answer(["free"]) : [{ type: "stall" }]), {
      gate,
      headerTimeoutMs: 50,
    });
    const canceller = createCanceller();
    const cancelled = rig.ask({}, canceller);
    await rig.upstream.ledger.until((ledger) => ledger.calls.length === 1);
    canceller.cancel();
    await cancelled;
    const timedOut = await rig.ask();
    expect(timedOut.attempts[0]?.outcome).toBe("timeout");
    expect(textsOf(await rig.ask())).toEqual(["free"]);
  });

  it("makes no attempt for a call cancelled in the queue", async () => {
    const rig = await createRig(() => [{ type: "stall" }], { gate: createGate(1), headerTimeoutMs: 300 });
    const holder = rig.ask();
    const canceller = createCanceller();
    const queued = rig.ask({}, canceller);
    canceller.cancel();
    const outcome = await queued;
    expect(outcome).toMatchObject({ result: { ok: false, error: { type: "cancelled" } }, attempts: [] });
    await holder;
    expect(rig.upstream.ledger.calls).toHaveLength(1);
  });
});
