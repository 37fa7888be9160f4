import { describe, expect, it } from "vitest";
import { createGate } from "../../src/providers/gate.ts";
import { type Action, answer, bytes, wait } from "../upstream/index.ts";
import { createRig, errorOf, textsOf } from "./support.ts";

/** A comment every so often: neither silence nor an answer (RELIABILITY, "1 byte/s drip"). */
function drip(count: number, ms: number): Action[] {
  return Array.from({ length: count }, () => [bytes(": keep-alive\n\n"), wait(ms)]).flat();
}

describe("the whole call's timeout", () => {
  it("ends a body that drips on, though it is never silent", async () => {
    const rig = await createRig(() => [...drip(1000, 20), ...answer(["24"])], {
      idleTimeoutMs: 5000,
      callTimeoutMs: 300,
    });
    const outcome = await rig.ask();
    expect(errorOf(outcome)).toMatchObject({ type: "timeout", message: expect.stringContaining("within 300 ms") });
    expect(outcome.attempts).toMatchObject([{ outcome: "timeout", isEstimated: true }]);
    await rig.upstream.ledger.until(({ calls }) => calls[0]?.isAborted === true);
  });

  it("keeps an answer that was whole when the body dripped on", async () => {
    const script = () => [...answer(["24"], { hasDone: false }), ...drip(1000, 20)];
    const rig = await createRig(script, { idleTimeoutMs: 5000, callTimeoutMs: 300 });
    expect(textsOf(await rig.ask())).toEqual(["24"]);
  });

  it("counts from the grant of a slot: the queue for one is not the provider's slowness", async () => {
    const rig = await createRig(() => answer(["24"], { headerDelayMs: 500 }), {
      gate: createGate(1),
      callTimeoutMs: 1200,
      headerTimeoutMs: 1200,
    });
    const outcomes = await Promise.all(Array.from({ length: 4 }, () => rig.ask()));
    expect(outcomes.flatMap(textsOf)).toEqual(["24", "24", "24", "24"]);
  });
});
