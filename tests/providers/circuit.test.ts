import fc from "fast-check";
import { expect, test } from "vitest";
import { ask, BREAKER, type CallReport, type Circuit, CLOSED, settle } from "../../src/providers/breaker/circuit.ts";

/** RELIABILITY I15: opens after k of n failures, and half-open lets one probe through. */

const after = (reports: readonly CallReport[], from: Circuit = CLOSED, nowMs = 0): Circuit =>
  reports.reduce((circuit: Circuit, report) => settle(circuit, false, report, nowMs, 0), from);
const times = (count: number, report: CallReport): CallReport[] => Array.from({ length: count }, () => report);

test("opens at the fifth failure in a row, and at no earlier one", () => {
  expect(after(times(4, "failure")).type).toBe("closed");
  expect(after([...times(4, "failure"), "success", ...times(4, "failure")]).type).toBe("closed");
  expect(after(times(5, "failure"))).toEqual({ type: "open", untilMs: 1000, cooldowns: 1 });
});

test("opens when half of the last calls have failed, once there are ten", () => {
  const alternating = (count: number) =>
    Array.from({ length: count }, (_, at) => (at % 2 ? "failure" : "success") as CallReport);
  expect(after(alternating(9)).type).toBe("closed");
  expect(after(alternating(10)).type).toBe("open");
});

test("calls that were cancelled say nothing", () => {
  expect(after([...times(4, "failure"), "nothing", "failure"]).type).toBe("open");
  expect(after(times(50, "nothing"))).toEqual(CLOSED);
});

test("after its cooldown one probe passes; its success closes, its failure doubles the cooldown", () => {
  const open = after(times(5, "failure"));
  expect(ask(open, 999).admission).toEqual({ type: "refused", untilMs: 1000 });
  const { circuit: probing, admission } = ask(open, 1000);
  expect(admission).toEqual({ type: "probe" });
  expect(ask(probing, 5000).admission).toEqual({ type: "refused", untilMs: null });
  expect(settle(probing, true, "success", 1100, 0)).toEqual(CLOSED);
  expect(settle(probing, true, "failure", 1100, 0)).toEqual({ type: "open", untilMs: 3100, cooldowns: 2 });
  // A probe that was cancelled makes room for the next.
  expect(ask(settle(probing, true, "nothing", 1100, 0), 1100).admission).toEqual({ type: "probe" });
});

test("a call that had passed before the circuit opened neither closes it nor prolongs it", () => {
  const open = after(times(5, "failure"));
  const { circuit: probing } = ask(open, 1000);
  for (const circuit of [open, probing]) {
    expect(settle(circuit, false, "success", 1500, 0)).toBe(circuit);
    expect(settle(circuit, false, "failure", 1500, 0)).toBe(circuit);
  }
});

test("at any sequence of calls: refused while open, one probe at a time, cooldowns within their bounds", () => {
  const step = fc.record({
    waitMs: fc.integer({ min: 0, max: 3000 }),
    report: fc.constantFrom<CallReport>("success", "failure", "nothing"),
    /** Which of the calls in flight comes back. */
    which: fc.nat(7),
    isNew: fc.boolean(),
    jitter: fc.double({ min: 0, max: 0.999, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      let circuit: Circuit = CLOSED;
      let nowMs = 0;
      const inFlight: boolean[] = [];
      for (const { waitMs, report, which, isNew, jitter } of steps) {
        nowMs += waitMs;
        const before = circuit;
        if (isNew) {
          const asked = ask(circuit, nowMs);
          circuit = asked.circuit;
          if (before.type === "open" && nowMs < before.untilMs) expect(asked.admission.type).toBe("refused");
          if (asked.admission.type !== "refused") inFlight.push(asked.admission.type === "probe");
          expect(inFlight.filter(Boolean).length).toBeLessThanOrEqual(1);
          continue;
        }
        const [isProbe] = inFlight.splice(which % Math.max(1, inFlight.length), 1);
        if (isProbe === undefined) continue;
        circuit = settle(circuit, isProbe, report, nowMs, jitter);
        if (before.type !== "closed" && circuit.type === "closed") expect([isProbe, report]).toEqual([true, "success"]);
        if (circuit.type === "open" && before !== circuit) {
          const cooldownMs = circuit.untilMs - nowMs;
          expect(report).toBe("failure");
          expect(cooldownMs).toBeGreaterThanOrEqual(BREAKER.firstCooldownMs / 2);
          expect(cooldownMs).toBeLessThanOrEqual(BREAKER.longestCooldownMs);
        }
      }
    }),
  );
});
