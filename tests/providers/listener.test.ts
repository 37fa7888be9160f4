import { describe, expect, it } from "vitest";
import { createCanceller } from "../../src/core/cancellation.ts";
import type { CompletionDelta, CompletionRequest } from "../../src/core/model.ts";
import { createChoice, MAX_COMPLETION_CHARACTERS } from "../../src/providers/openai/choice.ts";
import { parseChunk } from "../../src/providers/openai/chunk.ts";
import { answer, chunkOf, data, duplicatedFinish, FAULTS, headers, type Script } from "../upstream/index.ts";
import { createRig, QUESTION, type Setting } from "./support.ts";

async function heard(script: Script, request: Partial<CompletionRequest> = {}, setting: Setting = {}) {
  const rig = await createRig(script, setting);
  const deltas: CompletionDelta[] = [];
  const listener = { begin: () => {}, add: (delta: CompletionDelta) => deltas.push(delta) };
  const outcome = await rig.model.complete({ ...QUESTION, ...request }, createCanceller().signal, listener);
  const textOf = (index: number): string =>
    deltas.flatMap((delta) => (delta.index === index ? (delta.text ?? []) : [])).join("");
  return { deltas, outcome, textOf };
}

const delta = (fields: object, finish: string | null = null) =>
  data(chunkOf("scripted", [{ index: 0, delta: fields, finish_reason: finish }]));

describe("a listener", () => {
  it("hears each choice at its place, whether they come in one call or in several", async () => {
    for (const n of ["honoured", "ignored", "unknown"] as const) {
      const script: Script = ({ count, seed }) =>
        answer(
          Array.from({ length: n === "honoured" ? count : 1 }, (_, at) => ({ pieces: ["a", `${(seed ?? 0) + at}`] })),
        );
      const { outcome, textOf } = await heard(script, { count: 3, seed: 5 }, { capabilities: { n } });
      if (!outcome.result.ok) throw new Error(outcome.result.error.message);
      expect([0, 1, 2].map(textOf)).toEqual(outcome.result.value.map(({ text }) => text));
    }
  });

  it("hears nothing after the end of a choice, nor beyond a cut", async () => {
    expect((await heard(() => duplicatedFinish("all"))).textOf(0)).toBe("all");
    const long = "x".repeat(MAX_COMPLETION_CHARACTERS);
    const cut = await heard(() => answer([{ pieces: [long, "y"] }]), { maxTokens: 2_000_000 });
    expect(cut.textOf(0)).toBe(long);
    expect(cut.outcome.result).toMatchObject({ ok: true, value: [{ ending: "length" }] });
  });

  it("has heard what came before a fault, and the outcome says that it does not count", async () => {
    const { textOf, outcome } = await heard(() => FAULTS.resetAfterHeaders);
    expect([textOf(0), outcome.result.ok]).toEqual(["Hel", false]);
  });

  it("hears reasoning only where it is kept, under either name and once where both are sent", async () => {
    const script: Script = () => [
      headers(),
      delta({ reasoning_content: "Hm", reasoning: "Hm" }),
      delta({ reasoning: "m." }),
      delta({ content: "4" }),
      delta({}, "stop"),
    ];
    const kept = await heard(script, { keepsReasoning: true });
    expect(kept.deltas).toEqual([
      { index: 0, reasoning: "Hm" },
      { index: 0, reasoning: "m." },
      { index: 0, text: "4" },
    ]);
    expect(kept.outcome.result).toMatchObject({ value: [{ text: "4", reasoning: "Hmm." }] });
    const dropped = await heard(script);
    expect(dropped.deltas).toEqual([{ index: 0, text: "4" }]);
    expect(dropped.outcome.result).not.toMatchObject({ value: [{ reasoning: expect.anything() }] });
  });

  it("hears a refusal as one, and the completion says where it begins", async () => {
    const script: Script = () => [headers(), delta({ content: "Well. " }), delta({ refusal: "No" }), delta({}, "stop")];
    const { deltas, outcome } = await heard(script);
    expect(deltas).toEqual([
      { index: 0, text: "Well. " },
      { index: 0, refusal: "No" },
    ]);
    expect(outcome.result).toMatchObject({ value: [{ text: "Well. No", refusalFrom: 6, ending: "content-filter" }] });
  });
});

describe("calls of tools", () => {
  const rules = {
    topLogprobs: null,
    keepsReasoning: false,
    isSingleCall: false,
    freshCallId: (position: number) => `fresh_${position}`,
    takenCallIds: new Set(["call_old"]),
  };
  const chunk = (...calls: readonly object[]) =>
    parseChunk({ choices: [{ index: 0, delta: { tool_calls: calls } }] })?.choices[0] ?? expect.fail();

  it("are opened when their name is known, with all that was said before", () => {
    const choice = createChoice(rules);
    expect(choice.add(chunk({ index: 3, id: "call_a", function: { arguments: "{" } }))).toEqual([]);
    expect(choice.add(chunk({ index: 3, function: { name: "add", arguments: "}" } }))).toEqual([
      { toolCall: { position: 0, opening: { id: "call_a", name: "add" }, arguments: "{}" } },
    ]);
  });

  it.each([
    ["missing", ""],
    ["taken in the conversation", "call_old"],
    ["another call's of the same answer", "call_a"],
  ])("have an id of their own where the provider's is %s", (_what, id) => {
    const choice = createChoice(rules);
    choice.add(chunk({ index: 0, id: "call_a", function: { name: "add", arguments: "{}" } }));
    choice.add(chunk({ index: 1, id, function: { name: "add", arguments: "{}" } }));
    choice.add({ ...chunk(), finishReason: "tool_calls" });
    expect(choice.completion("m")?.toolCalls).toMatchObject([{ id: "call_a" }, { id: "fresh_1" }]);
  });
});

describe("tokens", () => {
  const entry = (token: string, bytes: unknown) => ({ token, logprob: -1, bytes, top_logprobs: [] });
  const tokensOf = (...entries: readonly object[]) =>
    parseChunk({ choices: [{ index: 0, delta: {}, logprobs: { content: entries } }] })?.choices[0]?.tokens;

  it("keep their bytes only where their text does not tell them", () => {
    expect(tokensOf(entry("ü", [195, 188]), entry("\uFFFD", [195]), entry("\uFFFD", null), entry("a", null))).toEqual([
      { token: "ü", logprob: -1, top: [] },
      { token: "\uFFFD", logprob: -1, bytes: [195], top: [] },
      { token: "\uFFFD", logprob: -1, bytes: null, top: [] },
      { token: "a", logprob: -1, top: [] },
    ]);
  });
});
