import { describe, expect, it } from "vitest";
import { createCanceller } from "../../src/core/cancellation.ts";
import { parseFanOut } from "../../src/providers/fan-out/config.ts";
import { createFanOut, type Outlet } from "../../src/providers/fan-out/fan-out.ts";
import type { Connection } from "../../src/providers/fan-out/remote-fetch.ts";
import type { Slot } from "../../src/providers/gate.ts";
import { createVirtualTime } from "../world/time.ts";

const never = createCanceller().signal;

/** An outlet that grants when told to. */
function createOutlet() {
  const asked: { grant: () => void; refuse: () => void }[] = [];
  let open = 0;
  const outlet: Outlet = {
    open: () =>
      new Promise<Connection>((resolve, reject) => {
        const grant = () => {
          open++;
          resolve({
            fetch: () => Promise.resolve(new Response("by outlet")),
            hangUp: () => Promise.resolve(),
            [Symbol.dispose]: () => void open--,
          });
        };
        asked.push({ grant, refuse: () => reject(new Error("gone")) });
      }),
  };
  return {
    outlet,
    asked,
    get open() {
      return open;
    },
  };
}

function rig(outlets: readonly Outlet[], mostInFlight: number | null = null, ownSlots = 1) {
  const time = createVirtualTime();
  const gate = createFanOut({ outletsOf: () => outlets, mostInFlight: () => mostInFlight, clock: time, ownSlots });
  const pass = (ms: number) => time.run(new Promise<void>((resolve) => time.schedule(ms, resolve)));
  return { gate, pass };
}

async function granted(promise: Promise<Slot | null>): Promise<Slot> {
  const slot = await promise;
  if (slot === null) throw new Error("not granted");
  return slot;
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe("fan-out", () => {
  it("asks no outlet while a slot of its own is free, or comes free soon", async () => {
    const one = createOutlet();
    const { gate, pass } = rig([one.outlet]);
    const first = await granted(gate.acquire(never, "p"));
    const second = gate.acquire(never, "p");
    await pass(9);
    first.close();
    expect((await granted(second)).fetch).toBeNull();
    await pass(100);
    expect(one.asked).toHaveLength(0);
  });

  it("asks no outlet while its own slots keep coming free, but waits no longer than 50 ms for its turn", async () => {
    const one = createOutlet();
    const { gate, pass } = rig([one.outlet]);
    let slot = await granted(gate.acquire(never, "p"));
    const waiting = Array.from({ length: 9 }, () => gate.acquire(never, "p"));
    for (const next of waiting.slice(0, 5)) {
      await pass(8);
      slot.close();
      slot = await granted(next);
    }
    expect(one.asked).toHaveLength(0);
    await pass(20);
    expect(one.asked).toHaveLength(4);
  });

  it("asks no outlet on waking late: what came meanwhile is read first", async () => {
    const one = createOutlet();
    const time = createVirtualTime();
    let lateMs = 0;
    const clock = { ...time, now: () => time.now() + lateMs };
    const gate = createFanOut({ outletsOf: () => [one.outlet], mostInFlight: () => null, clock, ownSlots: 1 });
    const pass = (ms: number) => time.run(new Promise<void>((resolve) => time.schedule(ms, resolve)));
    const first = await granted(gate.acquire(never, "p"));
    const second = gate.acquire(never, "p");
    await pass(5);
    lateMs = 30;
    await pass(10);
    expect(one.asked).toHaveLength(0);
    first.close();
    expect((await granted(second)).fetch).toBeNull();
  });

  it("goes out by an outlet when its own slots stay taken, and each outlet is asked for six at most", async () => {
    const [one, two] = [createOutlet(), createOutlet()];
    const { gate, pass } = rig([one.outlet, two.outlet]);
    await granted(gate.acquire(never, "p"));
    const waiting = Array.from({ length: 14 }, () => gate.acquire(never, "p"));
    await pass(20);
    expect([one.asked.length, two.asked.length]).toEqual([6, 6]);
    one.asked[0]?.grant();
    const slot = await granted(Promise.any(waiting));
    expect(await (await slot.fetch?.("https://provider.test"))?.text()).toBe("by outlet");
  });

  it("gives back what an outlet grants to a call that has its slot already", async () => {
    const one = createOutlet();
    const { gate, pass } = rig([one.outlet]);
    const first = await granted(gate.acquire(never, "p"));
    const second = gate.acquire(never, "p");
    await pass(20);
    expect(one.asked).toHaveLength(1);
    first.close();
    expect((await granted(second)).fetch).toBeNull();
    one.asked[0]?.grant();
    await settled();
    expect(one.open).toBe(0);
  });

  it("waits for a slot of its own where the outlet cannot be had: no call fails for it", async () => {
    const one = createOutlet();
    const { gate, pass } = rig([one.outlet]);
    const first = await granted(gate.acquire(never, "p"));
    const second = gate.acquire(never, "p");
    await pass(20);
    one.asked[0]?.refuse();
    await settled();
    first.close();
    expect((await granted(second)).fetch).toBeNull();
  });

  it("leaves no connection open for a call that was cancelled while it waited", async () => {
    const one = createOutlet();
    const { gate, pass } = rig([one.outlet]);
    await granted(gate.acquire(never, "p"));
    const canceller = createCanceller();
    const waiting = gate.acquire(canceller.signal, "p");
    await pass(20);
    canceller.cancel();
    one.asked[0]?.grant();
    expect(await waiting).toBeNull();
    await settled();
    expect(one.open).toBe(0);
  });

  it("holds a provider's bound until the call is over, not only until its headers", async () => {
    const { gate } = rig([], 2, 6);
    const first = await granted(gate.acquire(never, "p"));
    await granted(gate.acquire(never, "p"));
    let hasThird = false;
    const third = gate.acquire(never, "p").then(() => {
      hasThird = true;
    });
    first.release();
    await settled();
    expect(hasThird).toBe(false);
    first.close();
    await third;
  });
});

describe("FAN_OUT", () => {
  it("takes a number of outlets, and tags nothing unless told to", () => {
    expect(parseFanOut('{"outlets":3}')).toEqual({ ok: true, value: { outlets: 3, isTagged: false } });
  });

  it.each([
    ['{"outlets":65}', "FAN_OUT.outlets"],
    ['{"outlet":3}', "FAN_OUT"],
    ["no", "FAN_OUT is not valid JSON"],
  ])("refuses %s and says where", (json, message) => {
    const parsed = parseFanOut(json);
    expect(parsed.ok).toBe(false);
    if (!parsed.ok) expect(parsed.error).toContain(message);
  });
});
