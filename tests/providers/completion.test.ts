import { describe, expect, it } from "vitest";
import { answer, type ScriptedChoice } from "../upstream/index.ts";
import { createRig } from "./support.ts";

async function completionsOf(choices: readonly (string | ScriptedChoice)[], topLogprobs: number | null = null) {
  const rig = await createRig(() => answer(choices));
  const { result } = await rig.ask({ count: choices.length, topLogprobs });
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

describe("completion", () => {
  it("names its ending in our words", async () => {
    const reasons = ["stop", "length", "tool_calls", "function_call", "content_filter", "max_tokens", "eos"];
    const completions = await completionsOf(reasons.map((finishReason) => ({ pieces: ["x"], finishReason })));
    const endings = ["stop", "length", "tool-calls", "tool-calls", "content-filter", "length", "stop"];
    expect(completions.map((one) => one.ending)).toEqual(endings);
  });

  it("tells the stop sequence where the provider does, and takes no token id for one", async () => {
    const completions = await completionsOf([
      { pieces: ["a"], stopReason: "\n\n" },
      { pieces: ["b"], stopReason: 151643 },
      { pieces: ["c"] },
    ]);
    expect(completions.map((one) => one.stopSequence)).toEqual(["\n\n", null, null]);
  });

  it("keeps choices apart that stream interleaved", async () => {
    const completions = await completionsOf([{ pieces: ["a", "b", "c"] }, { pieces: ["1", "2"] }]);
    expect(completions.map((one) => one.text)).toEqual(["abc", "12"]);
  });

  it("sums log-probabilities and keeps the alternatives of the first token", async () => {
    const top = [
      { token: "Yes", logprob: -0.25 },
      { token: "No", logprob: -1.5 },
    ];
    const logprobs = [
      { token: "Yes", logprob: -0.25, top_logprobs: top },
      { token: ".", logprob: -0.5, top_logprobs: [{ token: ".", logprob: -0.5 }] },
    ];
    const [one] = await completionsOf([{ pieces: ["Yes", "."], logprobs }], 2);
    expect(one).toMatchObject({ text: "Yes.", logprobSum: -0.75, tokenCount: 2, firstToken: top });
  });

  it("has no log-probability where none came, and the token count of the usage when it is alone", async () => {
    expect(await completionsOf([{ pieces: ["a", "b"] }])).toMatchObject([
      { logprobSum: null, tokenCount: 2, firstToken: [] },
    ]);
    expect(await completionsOf(["a", "b"])).toMatchObject([{ tokenCount: null }, { tokenCount: null }]);
  });

  it("merges tool-call deltas into whole calls, also where ids and names are repeated", async () => {
    const [one] = await completionsOf([
      {
        pieces: [""],
        finishReason: "tool_calls",
        toolCallDeltas: [
          { index: 0, id: "call_a", type: "function", function: { name: "add", arguments: "" } },
          { index: 0, function: { arguments: '{"a":' } },
          { index: 1, id: "call_b", type: "function", function: { name: "multiply", arguments: "{}" } },
          { index: 0, id: "call_a", function: { name: "add", arguments: "1" } },
          { index: 0, function: { arguments: "}" } },
        ],
      },
    ]);
    expect(one?.ending).toBe("tool-calls");
    expect(one?.toolCalls).toEqual([
      { id: "call_a", type: "function", function: { name: "add", arguments: '{"a":1}' } },
      { id: "call_b", type: "function", function: { name: "multiply", arguments: "{}" } },
    ]);
  });

  it("has no toolCalls field without tool calls", async () => {
    const [one] = await completionsOf(["24"]);
    expect(one).not.toHaveProperty("toolCalls");
  });
});
