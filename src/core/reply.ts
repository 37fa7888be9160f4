import type { Completion } from "./model.ts";

/** How replies to prompts are read: anchored grammars, null where the reply does not say. A null is never taken for 0. */

/** The value of the last label in the text, whole words only, any case; of labels at one place the longest. */
export function parseLabel(text: string, labels: Readonly<Record<string, number>>): number | null {
  let last: { readonly end: number; readonly length: number; readonly value: number } | null = null;
  const plain = text.toLowerCase();
  for (const [label, value] of Object.entries(labels)) {
    const end = lastWordEnd(plain, label.toLowerCase());
    if (end === null) continue;
    if (last === null || end > last.end || (end === last.end && label.length > last.length)) {
      last = { end, length: label.length, value };
    }
  }
  return last?.value ?? null;
}

function lastWordEnd(text: string, word: string): number | null {
  if (word === "") return null;
  for (let at = text.lastIndexOf(word); at >= 0; at = at === 0 ? -1 : text.lastIndexOf(word, at - 1)) {
    const end = at + word.length;
    // "no" inside "know" is no label (the slip in CPO's published parser).
    if (!isWordCharacter(text[at - 1]) && !isWordCharacter(text[end])) return end;
  }
  return null;
}

function isWordCharacter(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}_]/u.test(character);
}

const NUMBER = String.raw`[-+−]?\d{1,9}(?:\.\d{1,9})?`;

/** The last number after the word "score", else the last number of all; null outside [min, max], where it says nothing. */
export function parseNumber(text: string, min: number, max: number): number | null {
  // "8/10" and "8 out of 10" say 8: the scale is not the score.
  const plain = text.replace(new RegExp(String.raw`(${NUMBER})\s*(?:\/|out of)\s*\d+`, "gi"), "$1");
  const scored = [...plain.matchAll(new RegExp(String.raw`score\b[^\d\n+−-]{0,40}(${NUMBER})(?!\w)`, "gi"))].at(
    -1,
  )?.[1];
  const found = scored ?? [...plain.matchAll(new RegExp(String.raw`(?<![\w.])${NUMBER}(?!\w)`, "g"))].at(-1)?.[0];
  if (found === undefined) return null;
  const number = Number(found.replace("−", "-"));
  return number >= min && number <= max ? number : null;
}

/** Which of `count` candidates is meant, 0-based: the number after the last "best choice is", else a lone number. */
export function parseChoice(text: string, count: number): number | null {
  const named = [...text.matchAll(/\b(?:best\s+)?(?:choice|candidate|answer)\s*(?:is|:)?\s*\W{0,4}(\d{1,4})\b/gi)].at(
    -1,
  )?.[1];
  const lone = /^\W*(\d{1,4})\W*$/.exec(text)?.[1];
  const number = Number(named ?? lone ?? Number.NaN);
  return Number.isInteger(number) && number >= 1 && number <= count ? number - 1 : null;
}

/** P(yes) / (P(yes) + P(no)) in [0, 1] of the first generated token; null where neither is among the alternatives. */
export function probabilityOfYes(
  completion: Completion,
  [yesWord, noWord]: readonly [yes: string, no: string] = ["yes", "no"],
): number | null {
  let yes = 0;
  let no = 0;
  for (const { token, logprob } of completion.firstToken) {
    const word = token.trim().toLowerCase();
    if (word === yesWord.toLowerCase()) yes += Math.exp(logprob);
    else if (word === noWord.toLowerCase()) no += Math.exp(logprob);
  }
  return yes + no === 0 ? null : yes / (yes + no);
}

export interface ReplyLine {
  readonly text: string;
  /** Null without a mark of confidence, or where none is looked for. */
  readonly weight: number | null;
}

/** The lines that are items: bullets and numbering dropped, blank lines and headings ("Possible next steps:") left out. */
export function parseLines(text: string, labels: Readonly<Record<string, number>> | undefined): ReplyLine[] {
  const items: ReplyLine[] = [];
  for (const line of text.split(/\r?\n/)) {
    const item = line.replace(/^\s*(?:[-*•]\s+|\(?\d{1,3}[.)]\s+)/, "").trim();
    if (item === "" || item.endsWith(":")) continue;
    items.push(labels === undefined ? { text: item, weight: null } : withoutLabel(item, labels));
  }
  return items;
}

function withoutLabel(item: string, labels: Readonly<Record<string, number>>): ReplyLine {
  const match = /^(.*\S)\s*\(([^()]*)\)$/.exec(item);
  const weight = match === null ? undefined : labels[(match[2] ?? "").trim().toLowerCase()];
  return weight === undefined ? { text: item, weight: null } : { text: match?.[1] ?? item, weight };
}
