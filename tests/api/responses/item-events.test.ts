import { expect, test } from "vitest";
import { NOTHING_SAID, type Piece, restOf, type Said } from "../../../src/api/chat-completions/said.ts";
import { createItemEvents, type EventBody } from "../../../src/api/responses/item-events.ts";
import { outputOf } from "../../../src/api/responses/items.ts";
import { createSplitter } from "../../../src/api/responses/steady-pieces.ts";
import { createRandom } from "../../../src/core/random.ts";

const ID = "srch_abcdefghijklmnopqrstuvwxyz";
const token = (text: string) => ({ token: text, logprob: -1 });

const ANSWERS: Readonly<Record<string, Said>> = {
  "a text": { ...NOTHING_SAID, content: "An answer 🌳 that is long enough to be cut into some pieces of text." },
  "a text without a space": { ...NOTHING_SAID, content: "🌳".repeat(70) },
  "no text": NOTHING_SAID,
  "a refusal": { ...NOTHING_SAID, refusal: "I cannot help with that, and I will not." },
  "a text and then a refusal": { ...NOTHING_SAID, content: "Well, let me see.", refusal: "No, I cannot." },
  "a text and two calls": {
    ...NOTHING_SAID,
    content: "Let me look at the weather there.",
    calls: [
      { id: "call_1", name: "weather", arguments: `{"city":"${"Bonn ".repeat(20)}"}` },
      { id: "call_2", name: "clock", arguments: "" },
    ],
  },
  "one call": { ...NOTHING_SAID, calls: [{ id: "call_1", name: "weather", arguments: '{"a":[1,2,3,4,5,6,7,8,9]}' }] },
  "a text with its tokens": {
    ...NOTHING_SAID,
    content: "one two three four five six",
    tokens: ["one", " two", " thr", "ee f", "our", " five", " six"].map(token),
  },
};

/** All of it, in pieces of random lengths. */
function randomPieces(said: Said, seed: number): Piece[] {
  const random = createRandom(seed);
  return (restOf(NOTHING_SAID, said) ?? []).flatMap((piece): Piece[] => {
    if (piece.tokens !== undefined) return piece.tokens.map((one) => ({ text: one.token, tokens: [one] }));
    const { text, refusal, toolCall } = piece;
    const cut = (whole: string): string[] => {
      const parts: string[] = [];
      for (let from = 0; from < whole.length; ) {
        const length = 1 + random.integer(12);
        parts.push(whole.slice(from, from + length));
        from += length;
      }
      return parts;
    };
    if (text !== undefined) return cut(text).map((one) => ({ text: one }));
    if (refusal !== undefined) return cut(refusal).map((one) => ({ refusal: one }));
    if (toolCall === undefined) return [];
    const { position, opening } = toolCall;
    return [
      { toolCall: { position, ...(opening !== undefined && { opening }), arguments: "" } },
      ...cut(toolCall.arguments).map((one) => ({ toolCall: { position, arguments: one } })),
    ];
  });
}

function eventsOf(said: Said, pieces: readonly Piece[]): { live: EventBody[]; all: EventBody[] } {
  const events = createItemEvents(ID);
  const live = pieces.flatMap(events.hear);
  expect(events.isOutOfOrder).toBe(false);
  return { live, all: [...live, ...events.end(outputOf(ID, said, false))] };
}

test.each(Object.entries(ANSWERS))("the events of %s do not depend on the pieces in which it came", (_name, said) => {
  const whole = eventsOf(said, restOf(NOTHING_SAID, said) ?? []).all;
  for (let seed = 1; seed <= 30; seed++) expect(eventsOf(said, randomPieces(said, seed)).all).toEqual(whole);
});

test.each(Object.entries(ANSWERS))(
  "the events of %s open and close every item and part once, and add up",
  (_name, said) => {
    const { all } = eventsOf(said, randomPieces(said, 7));
    const items = outputOf(ID, said, false);
    const of = (type: string) => all.filter((event) => event.type === type);
    expect(of("response.output_item.done").map(({ item }) => item)).toEqual(items);
    expect(of("response.output_item.added").map(({ output_index }) => output_index)).toEqual(
      items.map((_item, at) => at),
    );
    const text = (type: string): string =>
      of(type)
        .map(({ delta }) => delta)
        .join("");
    expect(text("response.output_text.delta")).toBe(said.content);
    expect(text("response.refusal.delta")).toBe(said.refusal);
    const args = said.calls.map((call) => (call.arguments === "" ? "{}" : call.arguments)).join("");
    expect(text("response.function_call_arguments.delta")).toBe(args);
    const tokens = of("response.output_text.delta").flatMap(({ logprobs }) => logprobs as { token: string }[]);
    expect(tokens.map((one) => one.token)).toEqual(said.tokens.map((one) => one.token));
  },
);

test("text and the first call's arguments are written before the end is known", () => {
  const said = ANSWERS["a text and two calls"] ?? NOTHING_SAID;
  const { live } = eventsOf(said, randomPieces(said, 3));
  const count = (type: string): number => live.filter((event) => event.type === type).length;
  expect(count("response.output_text.delta")).toBeGreaterThan(1);
  expect(count("response.function_call_arguments.delta")).toBeGreaterThan(1);
  expect(count("response.function_call_arguments.done")).toBe(0);
});

test.each<[string, readonly Piece[]]>([
  ["a call", [{ toolCall: { position: 0, opening: { id: "a", name: "f" }, arguments: "" } }, { text: "late" }]],
  ["a refusal", [{ refusal: "No" }, { text: "yes" }]],
])("text after %s is noticed: what was written cannot be mended", (_name, pieces) => {
  const events = createItemEvents(ID);
  for (const piece of pieces) events.hear(piece);
  expect(events.isOutOfOrder).toBe(true);
});

test("a piece ends before a word, and a long word is cut, but never inside a character", () => {
  const splitter = createSplitter();
  const text = `one two three four ${"x".repeat(39)}🌳🌳 end`;
  const pieces = [...splitter.take(text, []), ...splitter.end()].map((piece) => piece.text);
  expect(pieces.join("")).toBe(text);
  expect(pieces[0]).toBe("one two three");
  expect(pieces[1]).toHaveLength(40);
  expect(pieces.every((piece) => piece.length <= 40 && !/[\uD800-\uDBFF]$/.test(piece))).toBe(true);
});
