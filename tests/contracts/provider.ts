import { describe, expect, test } from "vitest";
import { createCanceller } from "../../src/core/cancellation.ts";
import type { CompletionDelta, CompletionRequest } from "../../src/core/model.ts";
import type { Dialect, Feature, Said, SaidChoice } from "../providers/dialects/said.ts";
import { QUESTION, type Setting, textsOf } from "../providers/support.ts";
import { byteByByte, type Script, type ScriptedCall } from "../upstream/index.ts";
import { providerFaultContract } from "./provider-faults.ts";
import { PLAIN, rigFor, USAGE } from "./provider-rig.ts";

/** What every adapter owes, whatever its upstream's words. A new adapter earns this suite before anything else. */
export function providerContract(dialect: Dialect): void {
  const { say, lacks, endings } = dialect;
  const able = (feature: Feature) => test.skipIf(lacks.includes(feature));
  const rigOf = (script: Script, setting?: Setting) => rigFor(dialect, script, setting);
  const saying = (said: Partial<Said> & Pick<Said, "choices">, setting?: Setting) =>
    rigOf(() => say({ usage: USAGE, ...said }), setting);
  const oneOf = async (choice: Partial<SaidChoice>, request: Partial<CompletionRequest> = {}, said = {}) => {
    const rig = await saying({ choices: [{ ...PLAIN, ...choice }], ...said });
    const outcome = await rig.ask(request);
    if (!outcome.result.ok) throw new Error(outcome.result.error.message);
    const [completion] = outcome.result.value;
    if (completion === undefined) throw new Error("nothing came");
    return { completion, rig, outcome, attempt: outcome.attempts[0] };
  };

  describe(`${dialect.name}: an answer`, () => {
    test("is its pieces together, with what it cost and how it ended, in our words and in the provider's", async () => {
      const { completion, attempt, outcome } = await oneOf({ pieces: ["6 × 4 ", "= 24 ✓ 🌳"] });
      expect(completion).toMatchObject({ text: "6 × 4 = 24 ✓ 🌳", ending: "stop" });
      expect(outcome.attempts).toHaveLength(1);
      expect(attempt).toMatchObject({
        provider: "test",
        model: "scripted",
        promptTokens: 10,
        completionTokens: 3,
        microdollars: 13,
        isEstimated: false,
        outcome: "completed",
      });
      expect(attempt?.finishReasons).toEqual([endings.stop]);
      expect(Object.values(attempt?.rawUsage ?? {})).toEqual(expect.arrayContaining([10, 3]));
      const { startedAtMs = 0, headersAtMs, firstTokenAtMs, endedAtMs } = attempt ?? {};
      expect(headersAtMs).toBeGreaterThanOrEqual(startedAtMs);
      expect(firstTokenAtMs).toBeGreaterThanOrEqual(headersAtMs ?? 0);
      expect(endedAtMs).toBeGreaterThanOrEqual(firstTokenAtMs ?? 0);
    });

    test("is the same cut into single bytes", async () => {
      const said = say({ choices: [{ ...PLAIN, pieces: ["6 × 4 ", "= 24 ✓ 🌳"] }], usage: USAGE });
      expect(textsOf(await (await rigOf(() => byteByByte(said))).ask())).toEqual(["6 × 4 = 24 ✓ 🌳"]);
    });

    test("is asked for where it should be, streamed, within the tokens that may be paid", async () => {
      const { rig } = await oneOf({}, { maxTokens: 48, temperature: 0.5, topP: 0.9 });
      const [call] = rig.upstream.ledger.calls;
      expect(call?.path).toBe(dialect.adapter === "workers-ai" ? "/v1/run" : dialect.path);
      expect(call?.body).toMatchObject({ model: "scripted", stream: true, temperature: 0.5, top_p: 0.9 });
      expect(call?.body).toHaveProperty(dialect.limit.field, 48);
      expect(JSON.stringify(call?.body)).toContain("Reach 24 with 4 4 6 8.");
      const least = await oneOf({}, { maxTokens: 1 });
      expect(least.rig.upstream.ledger.calls[0]?.body).toHaveProperty(dialect.limit.field, dialect.limit.least);
    });

    test("that was cut by its length says so", async () => {
      const { completion, attempt } = await oneOf({ ending: "length" }, {}, { usage: { prompt: 10, completion: 64 } });
      expect(completion.ending).toBe("length");
      expect(attempt?.finishReasons).toEqual([lacks.includes("content-filter") ? "length" : endings.length]);
    });

    able("content-filter")("that was cut by a filter says so", async () => {
      const { completion, attempt } = await oneOf({ ending: "content-filter" });
      expect(completion.ending).toBe("content-filter");
      expect(attempt?.finishReasons).toEqual([endings["content-filter"]]);
    });

    able("refusal")("that is refused is text from where the refusal begins", async () => {
      const { completion } = await oneOf({ pieces: [], refusal: ["I can", "not."] });
      expect(completion).toMatchObject({ text: "I cannot.", refusalFrom: 0, ending: "content-filter" });
    });

    able("reasoning")("keeps what was thought before it apart, where that is asked for", async () => {
      const usage = { prompt: 10, completion: 9, reasoning: 6 };
      const kept = await oneOf({ reasoning: ["Let ", "me see."] }, { keepsReasoning: true }, { usage });
      expect(kept.completion).toMatchObject({ text: "24", reasoning: "Let me see." });
      expect(kept.attempt).toMatchObject({ completionTokens: 9, reasoningTokens: 6 });
      const dropped = await oneOf({ reasoning: ["Let ", "me see."] });
      expect(dropped.completion).not.toHaveProperty("reasoning");
      expect(dropped.completion.text).toBe("24");
    });

    able("logprobs")("brings its tokens' log-probabilities and their alternatives", async () => {
      const logprobs = [
        {
          token: "6",
          logprob: -0.5,
          top_logprobs: [
            { token: "6", logprob: -0.5 },
            { token: "4", logprob: -1 },
          ],
        },
        { token: "*4", logprob: -0.25, top_logprobs: [{ token: "*4", logprob: -0.25 }] },
      ];
      const request = { topLogprobs: 2, keepsTokens: true };
      const { completion } = await oneOf({ pieces: ["6", "*4"], logprobs }, request);
      expect(completion).toMatchObject({ logprobSum: -0.75, tokenCount: 2 });
      expect(completion.firstToken).toEqual(logprobs[0]?.top_logprobs);
      expect(completion.tokens).toMatchObject([
        { token: "6", logprob: -0.5, top: [{ token: "6" }, { token: "4" }] },
        { token: "*4", logprob: -0.25 },
      ]);
    });

    test("ends before a stop sequence, which comes in pieces", async () => {
      const script = ({ body }: ScriptedCall) => {
        const pieces = ["6*4=24", "\n", "\n", "And then"];
        // Whoever takes stop sequences stops itself.
        return say({ choices: [{ ...PLAIN, pieces: body.stop === undefined ? pieces : ["6*4=24"] }], usage: USAGE });
      };
      const outcome = await (await rigOf(script)).ask({ stop: ["\n\n"] });
      expect(textsOf(outcome)).toEqual(["6*4=24"]);
      expect(outcome.result).toMatchObject({ value: [{ ending: "stop" }] });
    });

    test("that only begins like a stop sequence is whole", async () => {
      const script = () => say({ choices: [{ ...PLAIN, pieces: ["6*4", "\n", "=24", "\n"] }], usage: USAGE });
      expect(textsOf(await (await rigOf(script)).ask({ stop: ["\n\n"] }))).toEqual(["6*4\n=24\n"]);
    });

    test("is heard as it comes, and nothing else is", async () => {
      const rig = await saying({ choices: [{ ...PLAIN, pieces: ["6*4", "=", "24"] }] });
      const heard: CompletionDelta[] = [];
      const listener = { begin: () => {}, add: (delta: CompletionDelta) => heard.push(delta) };
      await rig.model.complete({ ...QUESTION, stop: ["\n\n"] }, createCanceller().signal, listener);
      expect(heard.map(({ text }) => text ?? "").join("")).toBe("6*4=24");
      expect(heard.length).toBeGreaterThan(1);
      expect(new Set(heard.map(({ index }) => index))).toEqual(new Set([0]));
    });
  });

  describe(`${dialect.name}: tool calls`, () => {
    able("calls")("come in pieces, several side by side, each with its id", async () => {
      const forwarded = { tools: [TOOL], tool_choice: "auto" };
      const { completion, attempt, rig } = await oneOf(
        { pieces: [], ending: "tool-calls", calls: CALLS },
        { forwarded },
      );
      expect(completion).toMatchObject({ text: "", ending: "tool-calls" });
      expect(completion.toolCalls).toMatchObject([
        { type: "function", function: { name: "weather", arguments: '{"city":"Oslo"}' } },
        { type: "function", function: { name: "weather", arguments: '{"city":"Rome"}' } },
      ]);
      const ids = (completion.toolCalls ?? []).map((call) => (call as { id: string }).id);
      expect(new Set(ids).size).toBe(2);
      if (dialect.name !== "workers-ai") expect(ids).toEqual(["call_a", "call_b"]);
      expect(attempt?.completionTokens).toBe(3);
      expect(JSON.stringify(rig.upstream.ledger.calls[0]?.body.tools)).toContain('"name":"weather"');
    });

    able("calls")("are told, with what they returned, in the next turn", async () => {
      const messages: CompletionRequest["messages"] = [
        { role: "user", content: "How warm is it in Oslo?" },
        { role: "assistant", content: null, tool_calls: [{ id: "call_a", type: "function", function: CALLED }] },
        { role: "tool", tool_call_id: "call_a", content: "minus four" },
      ];
      const { rig } = await oneOf({}, { messages });
      const sent = JSON.stringify(rig.upstream.ledger.calls[0]?.body);
      for (const part of ["How warm is it in Oslo?", "minus four", '"weather"']) expect(sent).toContain(part);
      expect(sent.split('"call_a"')).toHaveLength(3);
    });
  });

  describe(`${dialect.name}: several samples`, () => {
    test("come in order, each once, in one call where one call can bring them", async () => {
      const script = ({ count, number }: ScriptedCall) =>
        say({
          choices: Array.from({ length: count }, (_, at) => ({ ...PLAIN, pieces: [`${number}/${at}`] })),
          usage: { prompt: 10, completion: count },
        });
      const rig = await rigOf(script);
      const texts = textsOf(await rig.ask({ count: 3 }));
      const isOneCall = !lacks.includes("count");
      expect([...texts].sort()).toEqual(isOneCall ? ["1/0", "1/1", "1/2"] : ["1/0", "2/0", "3/0"]);
      expect(rig.upstream.ledger.calls).toHaveLength(isOneCall ? 1 : 3);
      expect(rig.upstream.ledger.calls.some(({ body }) => "n" in body)).toBe(isOneCall);
    });
  });

  describe(`${dialect.name}: usage`, () => {
    const nonsense: readonly (readonly [string, Said["usage"]])[] = [
      ["absent", null],
      ["zero", { prompt: 0, completion: 0 }],
      ["negative", { prompt: -5, completion: -1 }],
      ["absurd", { prompt: 1e9, completion: 1e9 }],
      ["text", { prompt: "10", completion: "3" }],
    ];
    test.each(nonsense)("that is %s is our bound, and marked as an estimate", async (_name, usage) => {
      // Its only word for the end is its usage: without, the answer is not known to be whole.
      if (usage === null && dialect.name === "workers-ai") return;
      const { attempt, rig } = await oneOf({}, {}, { usage });
      const worst = rig.model.worstCase(QUESTION);
      expect(attempt).toMatchObject({ outcome: "completed", isEstimated: true, completionTokens: 64 });
      expect((attempt?.promptTokens ?? 0) + 64).toBe(worst.tokens);
    });

    able("cached")("tells what of the prompt was cached", async () => {
      const { attempt } = await oneOf({}, {}, { usage: { prompt: 10, completion: 3, cached: 8 } });
      expect(attempt).toMatchObject({ promptTokens: 10, cachedTokens: 8, isEstimated: false });
    });
  });

  providerFaultContract(dialect);
}

const CALLED = { name: "weather", arguments: '{"city":"Oslo"}' };
const CALLS = [
  { id: "call_a", name: "weather", pieces: ['{"ci', 'ty":"Oslo"}'] },
  { id: "call_b", name: "weather", pieces: ['{"city":', '"Rome"}'] },
];
const TOOL = {
  type: "function",
  function: { name: "weather", parameters: { type: "object", properties: { city: { type: "string" } } } },
};
