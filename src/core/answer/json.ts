/**
 * The last JSON value of a text (the whole text, the last fenced block, or the last object in prose), or the field of it
 * at a path of names and indices joined by dots. A string is given as it is, anything else as canonical JSON.
 */
export function jsonAnswer(text: string, field: string | undefined): string | null {
  const value = lastJson(text);
  return value === undefined ? null : answerAt(value, field);
}

/** The value at a path, as an answer; null where there is none, or nothing in it. */
export function answerAt(value: unknown, field: string | undefined): string | null {
  let at = value;
  for (const key of field === undefined || field === "" ? [] : field.split(".")) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return null;
    at = (at as Readonly<Record<string, unknown>>)[key];
  }
  if (at === null || at === undefined) return null;
  const answer = typeof at === "string" ? at.trim() : canonicalJson(at);
  return answer === "" ? null : answer;
}

/** Characters at the end of a text that a JSON value is looked for in. */
const MAX_JSON_LENGTH = 200_000;
/** Opening braces tried from the end; prose with more braces than that has no answer in JSON. */
const MAX_STARTS = 32;

/** `undefined` where there is none: `null` is a value. */
export function lastJson(text: string): unknown {
  const whole = text.trim();
  const fenced = whole.lastIndexOf("```");
  const candidates = [whole];
  if (fenced > 0) {
    const start = whole.lastIndexOf("```", fenced - 1);
    if (start >= 0) candidates.push(whole.slice(start + 3, fenced).replace(/^(?:json|JSON)\b/, ""));
  }
  for (const candidate of candidates) {
    const value = parsed(candidate);
    if (value !== undefined) return value;
  }
  return lastObject(whole.slice(-MAX_JSON_LENGTH));
}

/** The longest object that ends at the last closing brace. */
function lastObject(text: string): unknown {
  const end = text.lastIndexOf("}") + 1;
  let found: unknown;
  let start = end;
  for (let tries = 0; tries < MAX_STARTS && start > 0; tries++) {
    start = text.lastIndexOf("{", start - 1);
    if (start < 0) break;
    found = parsed(text.slice(start, end)) ?? found;
  }
  return found;
}

/** Is the text as a whole an object or a list in JSON? */
export function isJson(text: string): boolean {
  return /^\s*[[{]/.test(text) && parsed(text) !== undefined;
}

function parsed(text: string): unknown {
  if (text.length > MAX_JSON_LENGTH) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A value nested deeper is no answer, and would overflow the stack of whoever walks it. */
const MAX_DEPTH = 64;

/** JSON with sorted keys and no spaces, one text per value; "" for one that is nested too deep. */
export function canonicalJson(value: unknown): string {
  return isDeeper(value, MAX_DEPTH) ? "" : (JSON.stringify(sorted(value)) ?? "");
}

function isDeeper(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return depth === 0 || Object.values(value).some((one) => isDeeper(one, depth - 1));
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const keys = Object.keys(value).sort();
  // A null prototype: "__proto__" is a key like any other.
  const copy: Record<string, unknown> = Object.create(null);
  for (const key of keys) copy[key] = sorted((value as Readonly<Record<string, unknown>>)[key]);
  return copy;
}
