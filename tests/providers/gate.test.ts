import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createCanceller } from "../../src/core/cancellation.ts";
import { createGate, createLanes, type Lane, type Release, type Slot } from "../../src/providers/gate.ts";
import { answer } from "../upstream/index.ts";
import { createRig, textsOf } from "./support.ts";

const never = createCanceller().signal;

async function granted(promise: Promise<Slot | null>): Promise<Release> {
  const slot = await promise;
  if (slot === null) throw new Error("not granted");
  return slot.release;
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe("gate", () => {
  it("grants in the order of arrival", async () => {
    const gate = createGate(1);
    const first = await granted(gate.acquire(never, "p"));
    const order: number[] = [];
    const rest = [1, 2, 3].map(async (number) => {
      const release = await granted(gate.acquire(never, "p"));
      order.push(number);
      release();
    });
    first();
    await Promise.all(rest);
    expect(order).toEqual([1, 2, 3]);
  });

  it("lets nobody overtake the queue at the moment of release", async () => {
    const gate = createGate(1);
    const first = await granted(gate.acquire(never, "p"));
    const order: string[] = [];
    const queued = gate.acquire(never, "p").then(() => order.push("queued"));
    first();
    gate.acquire(never, "p").then(() => order.push("newcomer"));
    await queued;
    await settled();
    expect(order).toEqual(["queued"]);
  });

  it("gives null to a caller cancelled in the queue, and its place to the next", async () => {
    const gate = createGate(1);
    const first = await granted(gate.acquire(never, "p"));
    const canceller = createCanceller();
    const cancelled = gate.acquire(canceller.signal, "p");
    const next = gate.acquire(never, "p");
    canceller.cancel();
    expect(await cancelled).toBeNull();
    first();
    await granted(next);
  });

  it("gives null at once to a caller who was cancelled before", async () => {
    const canceller = createCanceller();
    canceller.cancel();
    expect(await createGate().acquire(canceller.signal, "p")).toBeNull();
  });

  it("takes a slot back once, however often it is released", async () => {
    const gate = createGate(1);
    const release = await granted(gate.acquire(never, "p"));
    release();
    release();
    await granted(gate.acquire(never, "p"));
    let hasSecond = false;
    gate.acquire(never, "p").then(() => {
      hasSecond = true;
    });
    await settled();
    expect(hasSecond).toBe(false);
  });

  it("takes a real AbortSignal", async () => {
    const gate = createGate(1);
    await granted(gate.acquire(never, "p"));
    const controller = new AbortController();
    const queued = gate.acquire(controller.signal, "p");
    controller.abort();
    expect(await queued).toBeNull();
  });
});

describe("lanes", () => {
  const laneOf = async (promise: Promise<Lane | null>): Promise<Lane> => {
    const lane = await promise;
    if (lane === null) throw new Error("not granted");
    return lane;
  };

  it("fills its own lane first, then the others evenly", async () => {
    const lanes = createLanes([2, 2, 2], false);
    const taken = [];
    for (let call = 0; call < 6; call++) taken.push((await laneOf(lanes.acquire(never, "p"))).index);
    expect(taken).toEqual([0, 0, 1, 2, 1, 2]);
  });

  it("lets parties take turns, however many one of them has waiting", async () => {
    const lanes = createLanes([1], false);
    const first = await laneOf(lanes.acquire(never, "busy"));
    const order: string[] = [];
    const waiting = ["busy", "busy", "busy", "quiet"].map(async (party) => {
      const lane = await laneOf(lanes.acquire(never, party));
      order.push(party);
      lane.release();
    });
    first.release();
    await Promise.all(waiting);
    expect(order).toEqual(["busy", "quiet", "busy", "busy"]);
  });

  it("keeps a slot free for a provider that has asked before, while another's headers never come", async () => {
    const lanes = createLanes([6], true);
    (await laneOf(lanes.acquire(never, "fast"))).release();
    const stuck = Array.from({ length: 10 }, () => lanes.acquire(never, "slow"));
    await Promise.all(stuck.slice(0, 5));
    // The sixth of the slow one waits although a slot is free; the fast one gets it at once.
    expect((await laneOf(lanes.acquire(never, "fast"))).index).toBe(0);
  });

  it("never passes a lane's slots and leaves nobody waiting beside a slot they may have", async () => {
    const action = fc.oneof(
      {
        weight: 3,
        arbitrary: fc.record({ type: fc.constant("acquire" as const), party: fc.constantFrom("a", "b", "c") }),
      },
      { weight: 3, arbitrary: fc.record({ type: fc.constant("release" as const), at: fc.nat() }) },
      { weight: 1, arbitrary: fc.record({ type: fc.constant("cancel" as const), at: fc.nat() }) },
    );
    const slots = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(slots, fc.boolean(), fc.array(action, { maxLength: 60 }), async (sizes, isSparing, actions) => {
        const lanes = createLanes(sizes, isSparing);
        const held: { lane: Lane; party: string }[] = [];
        const waiting = new Map<number, { party: string; cancel: () => void }>();
        const known = new Set<string>();
        let number = 0;
        for (const step of actions) {
          if (step.type === "acquire") {
            const canceller = createCanceller();
            const id = number++;
            known.add(step.party);
            waiting.set(id, { party: step.party, cancel: canceller.cancel });
            lanes.acquire(canceller.signal, step.party).then((lane) => {
              waiting.delete(id);
              if (lane !== null) held.push({ lane, party: step.party });
            });
          } else if (step.type === "release") held.splice(step.at % (held.length || 1), 1)[0]?.lane.release();
          else [...waiting.values()][step.at % (waiting.size || 1)]?.cancel();
          await settled();
          sizes.forEach((size, index) => {
            expect(held.filter(({ lane }) => lane.index === index).length).toBeLessThanOrEqual(size);
          });
          const total = sizes.reduce((sum, size) => sum + size, 0);
          const most = isSparing ? Math.max(1, total - (known.size - 1)) : total;
          for (const { party } of waiting.values()) {
            const own = held.filter((one) => one.party === party).length;
            expect(held.length === total || own >= most).toBe(true);
          }
        }
      }),
      { numRuns: 300 },
    );
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
