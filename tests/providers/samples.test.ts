import { describe, expect, it } from "vitest";
import { costOf, type Model } from "../../src/core/model.ts";
import { answer, FAULTS, refusal, refusalOfN, type ScriptedCall } from "../upstream/index.ts";
import { createRig, errorOf, QUESTION, textsOf } from "./support.ts";

/** Answers in full, each choice telling its call's seed and its index. */
const honour = ({ count, seed }: ScriptedCall) => answer(Array.from({ length: count }, (_, at) => `${seed}/${at}`));
/** One choice, whatever `n` says. */
const ignore = ({ seed }: ScriptedCall) => answer([`${seed}/0`]);

const callsFor = (model: Model, count: number) => model.worstCase({ ...QUESTION, count }).calls;

describe("n honoured", () => {
  it("brings all samples in one call, in choice order, and is remembered", async () => {
    const rig = await createRig(honour);
    expect(callsFor(rig.model, 4)).toBe(5);
    const outcome = await rig.ask({ count: 4 });
    expect(textsOf(outcome)).toEqual(["5/0", "5/1", "5/2", "5/3"]);
    expect(outcome.attempts).toHaveLength(1);
    expect(rig.upstream.ledger.calls[0]?.body.n).toBe(4);
    expect(rig.model.capabilities.n).toBe("honoured");
    expect(callsFor(rig.model, 4)).toBe(1);
  });

  it("is not asked for a single sample, which teaches nothing", async () => {
    const rig = await createRig(honour);
    await rig.ask();
    expect(rig.upstream.ledger.calls[0]?.body).not.toHaveProperty("n");
    expect(rig.model.capabilities.n).toBe("unknown");
  });

  it("drops choices that were not asked for", async () => {
    const rig = await createRig(() => answer(["a", "b", "c", "d"]));
    expect(textsOf(await rig.ask({ count: 2 }))).toEqual(["a", "b"]);
  });

  it("charges the prompt once", async () => {
    const rig = await createRig(honour, { capabilities: { n: "honoured" } });
    const one = rig.model.worstCase(QUESTION);
    const eight = rig.model.worstCase({ ...QUESTION, count: 8 });
    expect(eight).toMatchObject({ calls: 1, tokens: one.tokens + 7 * 64 });
  });
});

describe("n ignored", () => {
  it("is noticed; the rest is asked for singly with seeds of their own, and the next time from the start", async () => {
    const rig = await createRig(ignore);
    const outcome = await rig.ask({ count: 4 });
    expect(textsOf(outcome)).toEqual(["5/0", "6/0", "7/0", "8/0"]);
    expect(outcome.attempts).toHaveLength(4);
    expect(rig.model.capabilities.n).toBe("ignored");
    expect(callsFor(rig.model, 4)).toBe(4);

    const again = await rig.ask({ count: 3, seed: 50 });
    expect(textsOf(again)).toEqual(["50/0", "51/0", "52/0"]);
    expect(rig.upstream.ledger.calls.slice(4).map(({ body }) => body.n)).toEqual([undefined, undefined, undefined]);
  });

  it("asks the single calls in parallel, through the gate", async () => {
    const script = ({ seed }: ScriptedCall) => answer([`${seed}`], { headerDelayMs: 30 });
    const rig = await createRig(script, { capabilities: { n: "ignored" } });
    const outcome = await rig.ask({ count: 20, seed: 0 });
    expect(textsOf(outcome)).toEqual(Array.from({ length: 20 }, (_, at) => `${at}`));
    expect(rig.upstream.ledger.headerWaitingPeak).toBe(6);
  });

  it("keeps seeds within the 32-bit range providers take", async () => {
    const rig = await createRig(ignore, { capabilities: { n: "ignored" } });
    expect(textsOf(await rig.ask({ count: 2, seed: 2 ** 31 - 1 }))).toEqual(["2147483647/0", "0/0"]);
  });
});

describe("n short", () => {
  const short = ({ count, seed }: ScriptedCall) =>
    answer(Array.from({ length: Math.min(count, 3) }, (_, at) => `${seed}/${at}`));

  it("brings what came, and the rest singly", async () => {
    const rig = await createRig(short);
    const outcome = await rig.ask({ count: 5 });
    expect(textsOf(outcome)).toEqual(["5/0", "5/1", "5/2", "8/0", "9/0"]);
    expect(outcome.attempts).toHaveLength(3);
    expect(rig.model.capabilities.n).toBe("unknown");
  });

  it("stays within the one call reserved where n was declared honoured, and is not believed again", async () => {
    const rig = await createRig(short, { capabilities: { n: "honoured" } });
    const outcome = await rig.ask({ count: 5 });
    expect(textsOf(outcome)).toEqual(["5/0", "5/1", "5/2"]);
    expect(outcome.attempts).toHaveLength(1);
    expect(callsFor(rig.model, 5)).toBe(6);
  });
});

describe("n refused", () => {
  const messages = [
    "'n' : number must be at most 1",
    "Only one completion choice is allowed",
    "n must be 1 when using greedy sampling, got 4.",
    "Unsupported parameter: n",
    "Multiple candidates is not enabled for this model",
  ];
  for (const message of messages) {
    it(`is recognised: ${message}`, async () => {
      const rig = await createRig((call) => (call.count > 1 ? refusal(400, message) : ignore(call)));
      const outcome = await rig.ask({ count: 4 });
      expect(textsOf(outcome)).toEqual(["5/0", "6/0", "7/0", "8/0"]);
      expect(outcome.attempts.map(({ outcome: how }) => how)).toEqual([
        "invalid-request",
        ...Array(4).fill("completed"),
      ]);
      expect(outcome.attempts[0]).toMatchObject({ promptTokens: 0, completionTokens: 0, microdollars: 0 });
      expect(rig.model.capabilities.n).toBe("ignored");
      expect((await rig.ask({ count: 2 })).attempts).toHaveLength(2);
    });
  }

  it("is told from another refusal", async () => {
    const rig = await createRig(() => refusal(400, "messages must not be empty"));
    const outcome = await rig.ask({ count: 4 });
    expect(errorOf(outcome).type).toBe("invalid-request");
    expect(outcome.attempts).toHaveLength(1);
    expect(rig.model.capabilities.n).toBe("unknown");
  });

  it("is retryable where n was declared honoured: the next attempt reserves single calls", async () => {
    const script = (call: ScriptedCall) => (call.count > 1 ? refusalOfN() : ignore(call));
    const rig = await createRig(script, { capabilities: { n: "honoured" } });
    const outcome = await rig.ask({ count: 3 });
    expect(errorOf(outcome).type).toBe("malformed");
    expect(outcome.attempts).toHaveLength(1);
    expect(textsOf(await rig.ask({ count: 3 }))).toHaveLength(3);
  });
});

describe("samples that fail", () => {
  it("are left out when others came, and are metered", async () => {
    const script = (call: ScriptedCall) => (call.seed === 6 ? FAULTS.overloaded : ignore(call));
    const rig = await createRig(script, { capabilities: { n: "ignored" } });
    const outcome = await rig.ask({ count: 3 });
    expect(textsOf(outcome)).toEqual(["5/0", "7/0"]);
    expect(outcome.attempts.map(({ outcome: how }) => how)).toEqual(["completed", "unavailable", "completed"]);
  });

  it("fail together with one error, and stay within the worst case", async () => {
    const rig = await createRig(() => FAULTS.overloaded, { capabilities: { n: "ignored" } });
    const outcome = await rig.ask({ count: 5 });
    expect(errorOf(outcome).type).toBe("unavailable");
    expect(costOf(outcome.attempts)).toEqual(rig.model.worstCase({ ...QUESTION, count: 5 }));
  });

  it("are not bought 64 times over when the upstream refuses for good", async () => {
    const rig = await createRig(() => FAULTS.unauthorized, { capabilities: { n: "ignored" } });
    const outcome = await rig.ask({ count: 64 });
    expect(errorOf(outcome).type).toBe("unauthorized");
    expect(outcome.attempts.length).toBeLessThanOrEqual(12);
    expect(outcome.attempts).toHaveLength(rig.upstream.ledger.calls.length);
  });

  it("with n = 4 in one failed call are charged as four", async () => {
    const rig = await createRig(() => FAULTS.resetAfterHeaders);
    const outcome = await rig.ask({ count: 4 });
    expect(outcome.attempts).toHaveLength(1);
    expect(outcome.attempts[0]).toMatchObject({ completionTokens: 4 * 64, isEstimated: true });
  });
});
