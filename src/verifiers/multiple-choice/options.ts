import { AUTOMATIC_ANSWER } from "../../core/answer/answer.ts";
import { cleanAnswer, withoutTextCommands } from "../../core/answer/latex.ts";

/** The texts of a question's options by their letter, "A" first. */
export type Options = ReadonlyMap<string, string>;

const LETTERS = "ABCDEFGHIJ";
/** Longer questions are searched at their end, where options are. */
const MAX_QUESTION_LENGTH = 50_000;

/** "(A) x", "A) x", "A. x" or "A: x", at the start of a line or after a space; also `\textbf{(A)}\ x` of the AMC. */
const MARKER = /(?<![^\s{])(?:\(([A-J])\)|([A-J])[).:])\}?(?=[\s\\])/g;

/**
 * The options that a question lists: the last "(A)" with the letters that follow it, each marked in the same way. Empty
 * where there are fewer than two.
 */
export function optionsIn(question: string): Options {
  const text = question.slice(-MAX_QUESTION_LENGTH);
  const markers = [...text.matchAll(MARKER)].map((match) => ({
    letter: match[1] ?? match[2] ?? "",
    style: match[0].replace(/[A-J}]/g, ""),
    start: match.index,
    end: match.index + match[0].length,
  }));
  const first = markers.findLastIndex(({ letter }) => letter === "A");
  const listed: typeof markers = [];
  for (const marker of first < 0 ? [] : markers.slice(first)) {
    if (marker.letter === LETTERS[listed.length] && marker.style === (listed[0]?.style ?? marker.style)) {
      listed.push(marker);
    }
  }
  if (listed.length < 2) return new Map();
  return new Map(
    listed.map(({ letter, end }, index) => {
      const next = listed[index + 1];
      // The last option ends with its line: what follows is the question again.
      const option = next === undefined ? (text.slice(end).split("\n\n")[0] ?? "") : text.slice(end, next.start);
      return [letter, plain(option.replace(/\\textbf\s*\{$/, ""))];
    }),
  );
}

export function lettered(options: readonly string[]): Options {
  return new Map(options.map((option, index) => [LETTERS[index] ?? "", plain(option)]));
}

function plain(option: string): string {
  const bare = option.replace(/\\\\|\\q?quad(?![a-zA-Z])/g, " ").replace(/[\s;,]+$/, "");
  // Options inside one pair of dollars: the last has the closing one.
  const isClosing = bare.endsWith("$") && bare.split("$").length === 2;
  return cleanAnswer(withoutTextCommands(isClosing ? bare.slice(0, -1) : bare)).trim();
}

export type Choice =
  | { readonly type: "letter"; readonly letter: string }
  /** What cannot be read as a choice, and why. */
  | { readonly type: "none"; readonly reason: string };

const ALONE = /^(?:(?:the\s+)?(?:correct\s+)?(?:option|choice|answer)(?:\s+is)?:?\s*)?\(?([A-J])\)?[.):]?$/i;
const BEFORE_TEXT = /^(?:(?:option|choice|answer)\s+)?(?:\(([A-J])\)|([A-J])[).:])[.:]?\s+(\S.*)$/is;

/** Which option an answer chooses, by its letter, by its text, or by both when they agree. */
export function choiceIn(answer: string, options: Options): Choice {
  const clean = withoutTextCommands(cleanAnswer(answer)).trim();
  const alone = ALONE.exec(clean)?.[1]?.toUpperCase();
  if (alone !== undefined && isListed(alone, options)) return { type: "letter", letter: alone };
  const byText = letterOfText(clean, options);
  if (byText !== null) return { type: "letter", letter: byText };
  const both = BEFORE_TEXT.exec(clean);
  const letter = (both?.[1] ?? both?.[2])?.toUpperCase();
  if (both === null || letter === undefined || !isListed(letter, options)) {
    return { type: "none", reason: "names no option" };
  }
  const named = letterOfText(both[3] ?? "", options);
  return named !== null && named !== letter
    ? { type: "none", reason: `names option ${letter} with the text of option ${named}` }
    : { type: "letter", letter };
}

function isListed(letter: string, options: Options): boolean {
  return options.size === 0 || options.has(letter);
}

/** The one option with this text; null where there is none, or two. */
function letterOfText(text: string, options: Options): string | null {
  const said = AUTOMATIC_ANSWER.classOf(text);
  if (said === null) return null;
  const letters = [...options]
    .filter(([, option]) => AUTOMATIC_ANSWER.classOf(option) === said)
    .map(([letter]) => letter);
  return letters.length === 1 ? (letters[0] ?? null) : null;
}
