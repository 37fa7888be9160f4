import { RE2JS } from "re2js";
import { z } from "zod";

/**
 * Patterns that a request brings. They run on RE2's engine, whose time is linear in the text whatever the pattern
 * (T12 of RELIABILITY.md), in RE2's syntax: no back-references and no look-around. Linear is not little: the length of
 * the text, the size of the compiled program and the number of matches are bounded too.
 */
export interface Pattern {
  /** Characters of a text that can be searched: fewer for a larger program. */
  readonly maxLength: number;
  /** The first match; null where there is none, and for a text longer than `maxLength`. */
  find(text: string): Match | null;
  /** The last match in the end of the text (of the first 1000, or as many as can be afforded); null where there is none. */
  findLast(text: string): Match | null;
}

export interface Match {
  readonly text: string;
  /** What the first group captured; null where there is no group, or it took no part. */
  readonly group: string | null;
}

/** i: any case; m: ^ and $ match at line ends; s: a dot matches a line end. */
export type Flags = string;

const FLAGS: Readonly<Record<string, number>> = {
  i: RE2JS.CASE_INSENSITIVE,
  m: RE2JS.MULTILINE,
  s: RE2JS.DOTALL,
};

export const MAX_PATTERN_LENGTH = 500;
/** Instructions; `a{1000}` has about 1000. RE2 itself refuses larger repetitions. */
const MAX_PROGRAM_SIZE = 1000;
/** UTF-16 units of a text that are searched at most. */
export const MAX_TEXT_LENGTH = 20_000;
/**
 * Instructions times characters that one search may take. Measured on the slowest pattern found, ten nested repetitions
 * of Unicode letters: some 40 million a second, so a quarter of a second.
 */
const MAX_WORK = 10_000_000;
const MAX_MATCHES = 1000;

/** Null with a reason for a pattern that does not compile or is too large. */
export function compilePattern(pattern: string, flags: Flags = ""): Pattern | { readonly fault: string } {
  if (pattern.length > MAX_PATTERN_LENGTH) return { fault: `longer than ${MAX_PATTERN_LENGTH} characters` };
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(
      pattern,
      [...flags].reduce((sum, flag) => sum | (FLAGS[flag] ?? 0), 0),
    );
  } catch (error) {
    return { fault: error instanceof Error ? error.message : "not a pattern" };
  }
  const size = compiled.programSize();
  if (size > MAX_PROGRAM_SIZE) return { fault: `too large: ${size} instructions, at most ${MAX_PROGRAM_SIZE}` };
  return patternOf(compiled, size);
}

function patternOf(compiled: RE2JS, size: number): Pattern {
  const maxLength = Math.min(MAX_TEXT_LENGTH, Math.floor(MAX_WORK / size));
  const lastOf = (text: string, limit: number): Match | null => {
    const matcher = compiled.matcher(text);
    let last: Match | null = null;
    for (let count = 0; count < limit && matcher.find(); count++) {
      const group = compiled.groupCount() === 0 ? null : matcher.group(1);
      last = { text: matcher.group() ?? "", group: group ?? null };
    }
    return last;
  };
  return {
    maxLength,
    find: (text) => (text.length > maxLength ? null : lastOf(text, 1)),
    findLast: (text) => {
      const end = text.slice(-maxLength);
      const affordable = Math.floor(MAX_WORK / (size * Math.max(1, end.length)));
      return lastOf(end, Math.min(MAX_MATCHES, affordable));
    },
  };
}

/** A pattern in a request: a fault in it is told with its place. */
export const patternSchema = z
  .string()
  .min(1)
  .max(MAX_PATTERN_LENGTH)
  .superRefine((pattern, context) => {
    const compiled = compilePattern(pattern);
    if ("fault" in compiled) context.addIssue({ code: "custom", message: `not a usable pattern (${compiled.fault})` });
  });

/** The text that a pattern's last match stands for: its first group, else all of it. What the core asks for. */
export function findLast(pattern: string): (text: string) => string | null {
  const compiled = compilePattern(pattern);
  if ("fault" in compiled) throw new Error(`an unusable pattern got past its schema: ${compiled.fault}`);
  return (text) => {
    const match = compiled.findLast(text);
    return match === null ? null : (match.group ?? match.text);
  };
}
