import { parseRational, type Rational } from "../rational.ts";

/** The numbers dealt: two to four of them (states inside a search have two or three), in the order of the text. */
export type Hand = readonly Rational[];

const NUMBER = String.raw`[-−]?\d{1,6}(?:\/\d{1,6})?`;
const SEPARATOR = String.raw`(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s+)`;
const NUMBERS = `(${NUMBER}(?:${SEPARATOR}${NUMBER}){1,3})`;
const NOT_MORE_NUMBERS = String.raw`(?!\d|\/\d|\.\d|${SEPARATOR}[-−]?\d)`;
const VERB = "(?:make|get|reach|obtain|form)";
const NOUN = String.raw`(?:the\s+)?(?:(?:four|three|two)\s+)?(?:numbers?:?\s+|cards?:?\s+)?`;

/** The target stands at a fixed place of each phrase, so a hand may itself contain a 24. */
const PHRASES: readonly RegExp[] = [
  new RegExp(String.raw`\b(?:use|using|combine|with)\s+${NOUN}${NUMBERS}\s*,?\s+to\s+${VERB}\s+24(?![\d/]|\.\d)`, "gi"),
  new RegExp(
    String.raw`\b${VERB}\s+24\s+(?:from|with|using|out\s+of)\s*:?\s*${NOUN}${NUMBERS}${NOT_MORE_NUMBERS}`,
    "gi",
  ),
  new RegExp(String.raw`\bgame\s+of\s+24\s*[:,-]?\s*${NOUN}${NUMBERS}${NOT_MORE_NUMBERS}`, "gi"),
];

/**
 * The hand of a problem text such as "Use 4 9 10 13 to make 24", "Use the numbers 4, 9, 10 and 13 to make 24.",
 * "Game of 24: 4 9 10 13" or "Make 24 from 4 9 10 13"; text around the phrase is allowed.
 *
 * Null when the text is not a Game of 24 problem, or names two different hands: then nobody can say which is meant.
 */
export function parseHand(text: string): Hand | null {
  const hands = new Map<string, Hand>();
  for (const phrase of PHRASES) {
    for (const match of text.matchAll(phrase)) {
      const hand = parseNumbers(match[1] ?? "");
      if (hand === null) return null;
      hands.set(hand.map((number) => `${number.numerator}/${number.denominator}`).join(" "), hand);
    }
  }
  const [only] = hands.values();
  return hands.size === 1 && only !== undefined ? only : null;
}

/** Numbers separated by spaces, commas or "and"; null when one of them is not a number. */
export function parseNumbers(text: string): Hand | null {
  const words = text.split(/[\s,]+|\band\b/i).filter((word) => word !== "");
  const numbers = words.map(parseRational);
  return numbers.length > 0 && numbers.every((number) => number !== null) ? numbers : null;
}
