/** What an answer is made of, by its brackets and commas; its parts are answers again. */
export type Shape =
  | { readonly type: "single"; readonly text: string }
  /** Parts without brackets: "1, 2", "1 and 2". */
  | { readonly type: "list"; readonly parts: readonly string[] }
  | { readonly type: "set"; readonly parts: readonly string[] }
  /** A point, an interval or a vector: "(1, 2]". Which of them two parts in round brackets are cannot be seen. */
  | { readonly type: "tuple"; readonly open: "(" | "["; readonly close: ")" | "]"; readonly parts: readonly string[] }
  | { readonly type: "union"; readonly parts: readonly string[] };

/** Reads the shape of a clean answer. `isNumber` decides that "1,200" is one. */
export function shapeOf(text: string, isNumber: (text: string) => boolean): Shape {
  if (isNumber(text)) return { type: "single", text };
  const pieces = splitTop(text, UNION);
  if (pieces !== null && pieces.length > 1 && pieces.every((piece) => enclosed(piece) !== null)) {
    return { type: "union", parts: pieces };
  }
  const whole = enclosed(text);
  if (whole !== null && (whole.open === "{" || pieces?.length === 1)) {
    const parts = splitTop(whole.inside, COMMA);
    if (parts !== null && whole.open === "{") return { type: "set", parts: whole.inside === "" ? [] : parts };
    if (parts !== null && parts.length > 1 && whole.open !== "{") {
      return { type: "tuple", open: whole.open, close: whole.close === "]" ? "]" : ")", parts };
    }
  }
  const parts = listParts(text, isNumber);
  return parts !== null && parts.length > 1 && parts.every((part) => part !== "")
    ? { type: "list", parts }
    : { type: "single", text };
}

/** "1,200, 1,300" are two numbers: a comma with a space after it separates before one without. */
function listParts(text: string, isNumber: (text: string) => boolean): string[] | null {
  const spaced = splitTop(text, SPACED_COMMA);
  if (spaced !== null && spaced.length > 1 && spaced.every(isNumber)) return spaced;
  return splitTop(text, LIST_SEPARATOR);
}

const UNION = /^(?:\\cup(?![a-zA-Z])|∪|U(?=\s*[([{\\]))/;
const COMMA = /^[,;]/;
const SPACED_COMMA = /^(?:,\s*(?:and|or)\s|,\s|\s(?:and|or)\s)/;
const LIST_SEPARATOR = /^(?:[,;]\s*(?:and|or)\s|[,;]|\s(?:and|or)\s)/;
const LONGEST_SEPARATOR = 24;

const CLOSES = new Set([")", "]", "}"]);

/** The pieces between separators outside all brackets, trimmed; null where brackets do not match. */
function splitTop(text: string, separator: RegExp): string[] | null {
  const pieces: string[] = [];
  let depth = 0;
  let from = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? "";
    if (depth === 0) {
      const found = separator.exec(text.slice(index, index + LONGEST_SEPARATOR))?.[0];
      if (found !== undefined) {
        pieces.push(text.slice(from, index).trim());
        index += found.length - 1;
        from = index + 1;
        continue;
      }
    }
    if ("([{".includes(character)) depth++;
    else if (CLOSES.has(character) && --depth < 0) return null;
    else if (character === "\\" && !/[{}]/.test(text[index + 1] ?? "")) index++;
  }
  return depth === 0 ? [...pieces, text.slice(from).trim()] : null;
}

interface Enclosed {
  readonly open: "(" | "[" | "{";
  readonly close: string;
  readonly inside: string;
}

/** Brackets around the whole: round and square ones may be mixed, as in an interval. */
function enclosed(text: string): Enclosed | null {
  const start = /^(?:\\?\{|[([])/.exec(text)?.[0];
  const end = /(?:\\?\}|[)\]])$/.exec(text)?.[0];
  if (start === undefined || end === undefined || text.length < start.length + end.length) return null;
  const open = start === "(" || start === "[" ? start : "{";
  const close = end.slice(-1);
  if ((open === "{") !== (close === "}")) return null;
  const inside = text.slice(start.length, text.length - end.length).trim();
  return splitTop(inside, COMMA) === null ? null : { open, close, inside };
}
