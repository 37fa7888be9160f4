import { describe, expect, it } from "vitest";
import { FAULTS as PROVIDER_FAULTS } from "../../bench/provider/faults.ts";
import type { ModelErrorType } from "../../src/core/model.ts";
import { answer, bytes, duplicatedFinish, FAULTS, headers, wait } from "../upstream/index.ts";
import { createRig, errorOf, textsOf } from "./support.ts";

/** What each fault must become, and whether the provider may have generated something that has to be paid. */
const EXPECTED: Record<keyof typeof FAULTS, readonly [ModelErrorType, "billed" | "free"]> = {
  resetBeforeHeaders: ["unavailable", "billed"],
  resetAfterHeaders: ["unavailable", "billed"],
  headerStall: ["timeout", "billed"],
  bodyStall: ["timeout", "billed"],
  emptyBodyStall: ["timeout", "billed"],
  errorBodyStall: ["timeout", "billed"],
  noFinish: ["malformed", "billed"],
  doneWithoutFinish: ["malformed", "billed"],
  doneAlone: ["malformed", "billed"],
  empty: ["malformed", "billed"],
  noContent: ["malformed", "billed"],
  html: ["malformed", "billed"],
  json: ["malformed", "billed"],
  invalidJsonChunk: ["malformed", "billed"],
  chunkIsNoObject: ["malformed", "billed"],
  deepJson: ["malformed", "billed"],
  errorInStream: ["unavailable", "billed"],
  errorEvent: ["unavailable", "billed"],
  brokenChoice: ["malformed", "billed"],
  redirect: ["unavailable", "free"],
  serverError: ["unavailable", "billed"],
  badGateway: ["unavailable", "billed"],
  overloaded: ["unavailable", "billed"],
  unauthorized: ["unauthorized", "free"],
  forbidden: ["unauthorized", "free"],
  notFound: ["model-not-found", "free"],
  tooLarge: ["context-length", "free"],
  contextLength: ["context-length", "free"],
  contextLengthInWords: ["context-length", "free"],
  badParameter: ["invalid-request", "free"],
  unprocessable: ["invalid-request", "free"],
};

describe("faults", () => {
  for (const name of Object.keys(EXPECTED) as (keyof typeof FAULTS)[]) {
    const [type, bill] = EXPECTED[name];
    it(`${name} is ${type} in time, one attempt, ${bill}`, async () => {
      const rig = await createRig(() => FAULTS[name], { headerTimeoutMs: 200, idleTimeoutMs: 200 });
      const startedAtMs = Date.now();
      const outcome = await rig.ask();
      expect(Date.now() - startedAtMs).toBeLessThan(1000);
      expect(errorOf(outcome).type).toBe(type);
      expect(outcome.attempts).toHaveLength(1);
      const [attempt] = outcome.attempts;
      expect(attempt?.outcome).toBe(type);
      expect(attempt?.completionTokens).toBe(bill === "billed" ? 64 : 0);
      expect(attempt?.isEstimated).toBe(bill === "billed");
      expect(rig.upstream.ledger.calls).toHaveLength(1);
      // Whatever happened, nothing is left running upstream.
      await rig.upstream.ledger.until((ledger) => ledger.open === 0);
    });
  }

  it("keeps the upstream's own words, shortened, without the credential", async () => {
    const rig = await createRig(() => FAULTS.badParameter);
    expect(errorOf(await rig.ask()).message).toContain("temperature must be at most 2");
    const long = await createRig(() => [headers(400, {}), bytes(`sk-canary ${"x".repeat(200_000)}`)]);
    const { message } = errorOf(await long.ask());
    expect(message).toContain("[key]");
    expect(message.length).toBeLessThanOrEqual(500);
  });

  it("does not follow a redirect", async () => {
    const target = await createRig(() => answer(["from the wrong place"]));
    const rig = await createRig(() => [headers(307, { location: `${target.upstream.url}/chat/completions` })]);
    expect(errorOf(await rig.ask()).message).toContain("redirect (307)");
    expect(target.upstream.ledger.calls).toHaveLength(0);
  });

  it("refuses an address with a user or another scheme before anything leaves", async () => {
    for (const baseUrl of ["http://user:secret@127.0.0.1:9/v1", "ftp://127.0.0.1/v1"]) {
      const rig = await createRig(() => answer(["no"]), { baseUrl });
      const outcome = await rig.ask();
      expect(errorOf(outcome).type).toBe("unavailable");
      expect(errorOf(outcome).message).not.toContain("secret");
      expect(outcome.attempts).toEqual([]);
    }
  });

  it("reports a provider that is not there as unavailable", async () => {
    const rig = await createRig(() => answer(["no"]));
    await rig.upstream.close();
    expect(errorOf(await rig.ask()).type).toBe("unavailable");
  });

  it("never rejects, even when fetch throws what is no error", async () => {
    const rig = await createRig(() => answer(["no"]), { fetch: () => Promise.reject("broken") });
    expect(errorOf(await rig.ask()).type).toBe("unavailable");
  });
});

describe("odd but whole streams", () => {
  it("takes the first finish and nothing after it", async () => {
    const rig = await createRig(() => duplicatedFinish("24"));
    expect(textsOf(await rig.ask())).toEqual(["24"]);
  });

  it("does not take chunks out of order for an empty answer", async () => {
    const said = { model: "scripted", texts: ["24"], maxTokens: 64 };
    const rig = await createRig(() => PROVIDER_FAULTS["out-of-order-chunks"](said));
    const outcome = await rig.ask();
    expect(errorOf(outcome).type).toBe("malformed");
    expect(outcome.attempts).toHaveLength(1);
  });

  it("does without [DONE] and usage, and then charges the bound", async () => {
    const rig = await createRig(() => answer(["24"], { usage: null, hasDone: false }));
    const outcome = await rig.ask();
    expect(textsOf(outcome)).toEqual(["24"]);
    expect(outcome.attempts[0]).toMatchObject({ outcome: "completed", isEstimated: true, completionTokens: 64 });
  });

  it("keeps a whole answer when the connection stalls or breaks only after it", async () => {
    for (const tail of [{ type: "stall" }, { type: "reset" }] as const) {
      const whole = answer(["24"], { usage: null, hasDone: false });
      const rig = await createRig(() => [...whole, wait(20), tail], { idleTimeoutMs: 100 });
      const outcome = await rig.ask();
      expect(textsOf(outcome)).toEqual(["24"]);
      expect(outcome.attempts[0]).toMatchObject({ outcome: "completed", isEstimated: true });
    }
  });

  it("survives comments, CRLF, reasoning fields, null fields and unknown finish reasons", async () => {
    const rig = await createRig(() => [
      bytes(": keep-alive\r\n\r\n"),
      bytes('data: {"choices":[]}\r\n\r\n'),
      bytes('data:{"choices":[{"index":0,"delta":{"role":null,"content":null,"reasoning_content":"hm"}}]}\r\n\r\n'),
      bytes('data: {"choices":[{"index":0,"delta":{"content":"24"},"finish_reason":""}],"usage":null}\n\n'),
      bytes('data: {"choices":[{"delta":null,"finish_reason":"eos"}],"padding":"xxxx"}\n\n'),
      bytes("data: [DONE]\n\n"),
    ]);
    const { result } = await rig.ask();
    expect(result).toMatchObject({ ok: true, value: [{ text: "24", ending: "stop", model: "scripted" }] });
  });

  it("passes the model's name on as the provider tells it", async () => {
    const rig = await createRig(() => answer(["24"], { model: "another-model-2026" }));
    const outcome = await rig.ask();
    expect(outcome.result).toMatchObject({ value: [{ model: "another-model-2026" }] });
    expect(outcome.attempts[0]?.model).toBe("scripted");
  });

  it("does not time out while pieces keep coming, however long the whole takes", async () => {
    const rig = await createRig(() => answer([{ pieces: ["a", "b", "c", "d", "e"] }], { pieceDelayMs: 80 }), {
      idleTimeoutMs: 300,
      headerTimeoutMs: 300,
    });
    expect(textsOf(await rig.ask())).toEqual(["abcde"]);
  });
});

describe("bounds", () => {
  it("cuts a completion at a million characters, ends it as length and stops the upstream", async () => {
    const piece = "x".repeat(100_000);
    const pieces = Array<string>(12).fill(piece);
    const rig = await createRig(() => [
      ...answer([{ pieces, finishReason: null }], { hasDone: false }),
      { type: "stall" },
    ]);
    const outcome = await rig.ask({ maxTokens: 4096 });
    expect(outcome.result).toMatchObject({ ok: true, value: [{ ending: "length" }] });
    expect(textsOf(outcome)[0]).toHaveLength(1_000_000);
    await rig.upstream.ledger.until(({ calls }) => calls[0]?.isAborted === true);
  });

  it("gives up on a stream that sends far more than its tokens can be", async () => {
    const noise = bytes(`: ${"x".repeat(65_536)}\n\n`);
    const rig = await createRig(() => [...Array(40).fill(noise), ...answer(["24"])]);
    expect(errorOf(await rig.ask()).type).toBe("malformed");
    await rig.upstream.ledger.until((ledger) => ledger.open === 0);
  });

  it("gives up on an event without an end", async () => {
    const noise = bytes("x".repeat(1_048_576));
    const rig = await createRig(() => [bytes("data: "), ...Array(12).fill(noise)]);
    expect(errorOf(await rig.ask({ maxTokens: 100_000 })).message).toContain("more than its answer can be");
  });
});
