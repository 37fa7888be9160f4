import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { createCanceller } from "../../src/core/cancellation.ts";
import type { ModelErrorType } from "../../src/core/model.ts";
import type { Dialect } from "../providers/dialects/said.ts";
import { errorOf, type Setting, textsOf } from "../providers/support.ts";
import { type Action, bytes, data, headers, RESET, type Script, SSE_HEADERS, STALL, wait } from "../upstream/index.ts";
import { PLAIN, rigFor } from "./provider-rig.ts";

/** What every adapter owes when its upstream refuses, breaks off or floods: an error in time, one attempt, metered. */
export function providerFaultContract(dialect: Dialect): void {
  const { say } = dialect;
  const rigOf = (script: Script, setting?: Setting) => rigFor(dialect, script, setting);

  describe(`${dialect.name}: errors`, () => {
    const statuses: readonly (readonly [number, ModelErrorType, "billed" | "free"])[] = [
      [400, "invalid-request", "free"],
      [401, "unauthorized", "free"],
      [403, "unauthorized", "free"],
      [404, "model-not-found", "free"],
      [408, "timeout", "free"],
      [409, "unavailable", "free"],
      [413, "context-length", "free"],
      [422, "invalid-request", "free"],
      [429, "rate-limited", "free"],
      [500, "unavailable", "billed"],
      [502, "unavailable", "billed"],
      [503, "unavailable", "billed"],
      [504, "unavailable", "billed"],
      [529, "unavailable", "billed"],
    ];
    test.each(statuses)("status %i is %s, one attempt, %s", async (status, type, bill) => {
      const rig = await rigOf(() => dialect.refuse(status, "not today"));
      const outcome = await rig.ask();
      expect(errorOf(outcome).type).toBe(type);
      expect(errorOf(outcome).message).toContain("not today");
      expect(outcome.attempts).toHaveLength(1);
      expect(outcome.attempts[0]).toMatchObject({
        outcome: type,
        completionTokens: bill === "billed" ? 64 : 0,
        isEstimated: bill === "billed",
      });
    });

    test("tell how long to wait, in all the ways that there are", async () => {
      const cases: readonly (readonly [Record<string, string>, (ms: number | null) => boolean])[] = [
        [{}, (ms) => ms === null],
        [{ "retry-after": "2" }, (ms) => ms === 2000],
        [{ "retry-after": "0.25" }, (ms) => ms === 250],
        [{ "retry-after": "0" }, (ms) => ms === 0],
        [{ "retry-after": "9".repeat(40) }, (ms) => ms === null],
        [{ "retry-after": "3600" }, (ms) => ms === 3_600_000],
        [{ "retry-after-ms": "120", "retry-after": "9" }, (ms) => ms === 120],
        [{ "retry-after": "Wed, 21 Oct 2015 07:28:00 GMT" }, (ms) => ms === 0],
        [{ "retry-after": new Date(Date.now() + 60_000).toUTCString() }, (ms) => ms !== null && ms > 40_000],
        [{ "retry-after": "soon" }, (ms) => ms === null],
        [{ "retry-after": "-5" }, (ms) => ms === null],
      ];
      let at = 0;
      const rig = await rigOf(() => dialect.refuse(429, "slow down", cases[at]?.[0] ?? {}));
      for (; at < cases.length; at++) {
        const error = errorOf(await rig.ask());
        if (error.type !== "rate-limited") throw new Error(error.type);
        expect(cases[at]?.[1](error.retryAfterMs), `${JSON.stringify(cases[at]?.[0])}: ${error.retryAfterMs}`).toBe(
          true,
        );
      }
    });

    test("name a context that is too long", async () => {
      const said = "This model's maximum context length is 4096 tokens. However, you requested 9000 tokens.";
      expect(errorOf(await (await rigOf(() => dialect.refuse(400, said))).ask()).type).toBe("context-length");
    });

    test("may come in the middle of a stream, and are no answer", async () => {
      const begun = begunOf(dialect);
      const outcome = await (await rigOf(() => [...begun, dialect.errorEvent("CUDA out of memory")])).ask();
      expect(errorOf(outcome)).toMatchObject({ type: "unavailable", message: expect.stringContaining("CUDA") });
      expect(outcome.attempts[0]).toMatchObject({ isEstimated: true, completionTokens: 64 });
    });
  });

  describe(`${dialect.name}: faults`, () => {
    const begun = begunOf(dialect);
    const faults: readonly (readonly [string, readonly Action[], ModelErrorType])[] = [
      ["a reset before headers", [RESET], "unavailable"],
      ["a reset after them", [...begun, wait(20), RESET], "unavailable"],
      ["headers that never come", [STALL], "timeout"],
      ["a body that stalls", [...begun, STALL], "timeout"],
      ["a stream cut short", begun, "malformed"],
      ["[DONE] before the end", [...begun, bytes("data: [DONE]\n\n")], "malformed"],
      ["an empty body", [headers()], "malformed"],
      [
        "a page",
        [headers(200, { "content-type": "text/html" }), bytes("<!doctype html>\n\n<p>Hi</p>\n\n")],
        "malformed",
      ],
      ["a line that is not JSON", [...begun, bytes('data: {"a\n\n')], "malformed"],
      ["an event that is no object", [...begun, data(7)], "malformed"],
      ["JSON 10^5 deep", [...begun, bytes(`data: ${"[".repeat(100_000)}${"]".repeat(100_000)}\n\n`)], "malformed"],
      ["an event without an end", [bytes("data: "), ...Array<Action>(40).fill(bytes("x".repeat(65_536)))], "malformed"],
    ];
    test.each(faults)("%s is an error in time, one attempt, paid in full", async (_name, actions, type) => {
      const rig = await rigOf(() => actions, { headerTimeoutMs: 250, idleTimeoutMs: 250 });
      const outcome = await rig.ask();
      expect(errorOf(outcome).type).toBe(type);
      expect(outcome.attempts).toHaveLength(1);
      expect(outcome.attempts[0]).toMatchObject({ outcome: type, isEstimated: true, completionTokens: 64 });
      // Whatever happened, nothing is left running there.
      await rig.upstream.ledger.until(({ open }) => open === 0);
    });

    test("far more than its tokens can be is not read to its end: neither 200 MB nor what unpacks to them", async () => {
      const noise = `: ${"x".repeat(65_536)}\n\n`;
      const flood = await rigOf(() => [...begun, ...Array<Action>(3200).fill(bytes(noise))]);
      const bombed = gzipSync(noise.repeat(3200));
      const bomb = await rigOf(() => [headers(200, { ...SSE_HEADERS, "content-encoding": "gzip" }), bytes(bombed)]);
      for (const rig of [flood, bomb]) {
        const outcome = await rig.ask();
        expect(errorOf(outcome)).toMatchObject({ type: "malformed", message: expect.stringContaining("more than") });
        expect(outcome.attempts).toMatchObject([{ outcome: "malformed", completionTokens: 64 }]);
        await rig.upstream.ledger.until(({ open }) => open === 0);
      }
    });

    test("usage as deep as it likes costs no answer", async () => {
      const deep = `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`;
      const said = say({ choices: [PLAIN], usage: { prompt: 10, completion: 3, cached: "DEEP" } });
      const script = said.map((action) =>
        action.type === "bytes" ? bytes(String(action.bytes).replaceAll('"DEEP"', deep)) : action,
      );
      expect(script).not.toEqual(said);
      const outcome = await (await rigOf(() => script)).ask();
      expect(textsOf(outcome)).toEqual(["24"]);
      expect(outcome.attempts[0]?.completionTokens).toBe(3);
      expect(JSON.stringify(outcome).length).toBeLessThan(2000);
    });

    test("a redirect is not followed", async () => {
      const rig = await rigOf(() => [headers(302, { location: "http://127.0.0.1:9/" })]);
      const outcome = await rig.ask();
      expect(errorOf(outcome).type).toBe("unavailable");
      expect(errorOf(outcome).message).toContain("redirect");
      expect(outcome.attempts[0]?.completionTokens).toBe(0);
    });

    test("an abort ends the call there, and what had come is paid", async () => {
      const canceller = createCanceller();
      const rig = await rigOf(() => [...begun, STALL]);
      const asked = rig.ask({}, canceller);
      await rig.upstream.ledger.until(({ calls }) => calls[0]?.headersAtMs !== null && calls.length === 1);
      canceller.cancel();
      const outcome = await asked;
      expect(errorOf(outcome).type).toBe("cancelled");
      expect(outcome.attempts).toMatchObject([{ outcome: "cancelled", isEstimated: true }]);
      await rig.upstream.ledger.until(({ calls }) => calls[0]?.isAborted === true);
    });
  });
}

/** Headers and a first piece, and no end. */
function begunOf({ say }: Dialect): readonly Action[] {
  return say({ choices: [{ pieces: ["Hel"], ending: null }], usage: null }).filter(
    (action) => action.type !== "bytes" || !String(action.bytes).includes("[DONE]"),
  );
}
