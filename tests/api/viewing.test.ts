import { describe, expect, test } from "vitest";
import type { LiveLine } from "../../durable-objects/search-tree/live-answer.ts";
import { NOTHING_SAID, type Piece, restOf, type Said, withPiece } from "../../src/api/chat-completions/said.ts";
import { type AnswerPiece, createViewing } from "../../src/api/chat-completions/viewing.ts";

const BEGIN: LiveLine = { begin: 1 };
const text = (content: string, index = 0): LiveLine => ({ index, text: content });
const whole = (said: Partial<Said>): Said => ({ ...NOTHING_SAID, ...said });
const call = (args: string, id = "call_1") => ({ id, name: "weather", arguments: args });

/** All that a viewer is shown, as what it adds up to, and whether it could be ended in order. */
function shownOf(lines: readonly LiveLine[], final: Said): { shown: Said; isEnded: boolean } {
  const viewing = createViewing(1);
  const pieces: AnswerPiece[] = lines.flatMap((line) => [...viewing.hear(line)]);
  const rest = viewing.rest([final]);
  const all: readonly Piece[] = [...pieces, ...(rest ?? [])];
  return { shown: all.reduce(withPiece, NOTHING_SAID), isEnded: rest !== null };
}

describe("one viewer of an answer", () => {
  const final = whole({ content: "one two three" });

  test.each<[string, readonly LiveLine[]]>([
    ["that comes all at the end", []],
    ["that comes in pieces", [BEGIN, text("one "), text("two "), text("three")]],
    ["whose last pieces were not heard", [BEGIN, text("one ")]],
    ["that begins again with the same words", [BEGIN, text("one two "), { begin: 2 }, text("one "), text("two three")]],
    ["that begins again before anything was shown", [BEGIN, { begin: 2 }, text("one two three")]],
    [
      "that breaks off while it catches up",
      [BEGIN, text("one two "), { begin: 2 }, text("on"), { begin: 3 }, text("one two three")],
    ],
    [
      "whose second attempt says something else, and whose third does not",
      [BEGIN, text("one "), { begin: 2 }, text("un deux"), { begin: 3 }, text("one two three")],
    ],
  ])("%s sees it whole, and every word once", (_name, lines) => {
    expect(shownOf(lines, final)).toEqual({ shown: final, isEnded: true });
  });

  test("of another attempt than the one that counts is told so, and shown nothing more", () => {
    const lines = [BEGIN, text("one "), { begin: 2 }, text("un "), text("deux")];
    expect(shownOf(lines, whole({ content: "un deux" }))).toEqual({
      shown: whole({ content: "one " }),
      isEnded: false,
    });
  });

  test("is told apart from the others: an index that was not asked for is nobody's", () => {
    const viewing = createViewing(2);
    expect(viewing.hear(text("b", 1))).toEqual([{ index: 1, text: "b" }]);
    expect(viewing.hear(text("c", 2))).toEqual([]);
    expect(viewing.rest([whole({ content: "a" }), whole({ content: "bb" })])).toEqual([
      { index: 0, text: "a" },
      { index: 1, text: "b" },
    ]);
    expect(viewing.rest([whole({ content: "a" }), whole({ content: "x" })])).toBe(null);
  });

  test("that has thought again does not see its thoughts twice", () => {
    const lines: LiveLine[] = [
      BEGIN,
      { index: 0, reasoning: "hmm " },
      { begin: 2 },
      { index: 0, reasoning: "hm" },
      { index: 0, reasoning: "m so" },
      text("4"),
    ];
    const said = whole({ reasoning: "hmm so", content: "4" });
    expect(shownOf(lines, said)).toEqual({ shown: said, isEnded: true });
  });
});

describe("what has to follow", () => {
  test("a call that was begun is its missing arguments, and a call that was not is all of it", () => {
    const shown = whole({ calls: [call('{"a"')] });
    expect(restOf(shown, whole({ calls: [call('{"a":1}'), call("{}", "call_2")] }))).toEqual([
      { toolCall: { position: 0, arguments: ":1}" } },
      { toolCall: { position: 1, opening: { id: "call_2", name: "weather" }, arguments: "{}" } },
    ]);
  });

  test.each<[string, Partial<Said>, Partial<Said>]>([
    ["another id", { calls: [call("{")] }, { calls: [call("{}", "call_9")] }],
    ["other arguments", { calls: [call('{"a')] }, { calls: [call('{"b"}')] }],
    ["a call that is gone", { calls: [call("")] }, {}],
    ["a text that is shorter", { content: "abc" }, { content: "ab" }],
    ["content after a refusal", { refusal: "No" }, { content: "Yes", refusal: "No" }],
  ])("cannot be said of %s", (_name, shown, final) => {
    expect(restOf(whole(shown), whole(final))).toBe(null);
  });

  test("brings the tokens of just that part, and the refusal's with the refusal", () => {
    const token = (word: string) => ({ token: word, logprob: -1 });
    const tokens = ["a", "b", "no", "pe"].map(token);
    const shown = whole({ content: "a", tokens: tokens.slice(0, 1) });
    expect(restOf(shown, whole({ content: "ab", refusal: "nope", tokens }))).toEqual([
      { text: "b", tokens: [token("b")] },
      { refusal: "nope", tokens: [token("no"), token("pe")] },
    ]);
  });

  test("after any beginning of an answer adds up to the answer", () => {
    const answer = whole({ content: "ab🌳cd", refusal: "", calls: [call('{"x":[1,2]}'), call("{}", "call_2")] });
    for (let content = 0; content <= answer.content.length; content++) {
      const shown = whole({ content: answer.content.slice(0, content) });
      expect((restOf(shown, answer) ?? []).reduce(withPiece, shown)).toEqual(answer);
    }
    for (let length = 0; length <= 11; length++) {
      const shown = whole({ content: answer.content, calls: [call('{"x":[1,2]}'.slice(0, length))] });
      expect((restOf(shown, answer) ?? []).reduce(withPiece, shown)).toEqual(answer);
    }
  });
});
