/**
 * The final answer as the model marked it: the last `Answer: ...` line or the last `\boxed{...}`, whichever comes later;
 * failing these, after "the answer is"; failing that, the last line when it is GSM8K's `#### 42`. A box inside a marked
 * line is the answer of that line ("Answer: $\boxed{4}$"). Null when nothing of that is there.
 */
export function markedAnswer(text: string): string | null {
  const line = lastMatch(text, ANSWER_LINE);
  const box = lastBoxed(text);
  if (line !== null && (box === null || line.at > box.at)) {
    const inside = lastBoxed(line.found)?.inside.trim() ?? "";
    return inside === "" ? withoutEmphasis(line.found) : inside;
  }
  if (box !== null && box.inside.trim() !== "") return box.inside.trim();
  const phrase = lastMatch(text, ANSWER_PHRASE)?.found.trim();
  if (phrase !== undefined) return firstSentence(phrase);
  return LAST_LINE_OF_GSM8K.exec(text.trimEnd().slice(-MAX_LAST_LINE))?.[1]?.trim() ?? null;
}

/** "Answer: x", "**Final Answer:** x", "- Answer: x"; the answer is the rest of the line. */
const ANSWER_LINE =
  /(?:^|\n)[^\S\n]*(?:[-*#>_]{1,6}[^\S\n]*)?(?:final\s+)?answer[*_]{0,3}\s*:[*_]{0,3}[^\S\n]*(\S.*)/gi;

const ANSWER_PHRASE = /\bthe\s+(?:final\s+)?answer\s+is:?\s*(\S.*)/gi;

const LAST_LINE_OF_GSM8K = /(?:^|\n)####[^\S\n]*([-+$]?\d.*)$/;

const MAX_LAST_LINE = 200;

/** "5. I hope it is correct." is 5: a sentence ends before a capital, where what ends it is no initial or abbreviation. */
function firstSentence(text: string): string {
  const end = /(?<=[\d$})\]*]|\p{L}{4})[.!](?=\s+\p{Lu})/u.exec(text);
  return end === null ? text : text.slice(0, end.index);
}

/** The second half of "**Answer: 4**" is no part of the answer. */
function withoutEmphasis(text: string): string {
  const trimmed = text.trim();
  const body = trimmed.replace(/[*_]{2,3}$/, "");
  return /[*_]{2}/.test(body) || body === "" ? trimmed : body.trim();
}

function lastMatch(text: string, pattern: RegExp): { readonly found: string; readonly at: number } | null {
  let last: { found: string; at: number } | null = null;
  for (const match of text.matchAll(pattern)) {
    const found = match[1] ?? "";
    last = { found, at: match.index + match[0].length };
  }
  return last;
}

const BOX = "\\boxed{";

/** The inside of the last `\boxed{...}`, braces balanced (`\{` and `\}` are no braces), and where it ends. */
export function lastBoxed(text: string): { readonly inside: string; readonly at: number } | null {
  const start = text.lastIndexOf(BOX);
  if (start < 0) return null;
  const from = start + BOX.length;
  let depth = 1;
  for (let index = from; index < text.length; index++) {
    const character = text[index];
    if (character === "\\") index++;
    else if (character === "{") depth++;
    else if (character === "}" && --depth === 0) return { inside: text.slice(from, index), at: index };
  }
  return null;
}
