import { canonicalAnswer } from "./canonical.ts";
import { isJson, jsonAnswer } from "./json.ts";
import { lastBoxed, markedAnswer } from "./marked.ts";
import { toolAnswer } from "./tool-call.ts";

/**
 * How the final answer of a completed candidate is found, and when two of them are the same. Pure and total: no text,
 * however hostile, throws, and the time is linear in its length.
 */
export interface AnswerRule {
  /** The final answer as the candidate wrote it; null when it gives none in the way that was asked for. */
  extract(text: string, toolCalls: readonly unknown[]): string | null;
  /** Two answers vote together when their classes are equal; null: unparsable, it counts but votes for nothing. */
  classOf(answer: string): string | null;
}

/** Where a request says that the answer is: `search.answer`, as plain JSON in the recipe. */
export type AnswerSource =
  /** Whatever of the others is there: a mark, a JSON field `answer`, a tool call, or JSON or a short text by itself. */
  | { readonly from: "auto" }
  /** `\boxed{}`, "Answer: ..." or "the answer is ..." and nothing else. */
  | { readonly from: "marked" }
  | { readonly from: "boxed" }
  /** The last JSON value of the text, or the field of it at a path such as "result.0.value". */
  | { readonly from: "json"; readonly field?: string | undefined }
  /** The arguments of the last tool call (of this tool), or a field of them. */
  | { readonly from: "tool"; readonly tool?: string | undefined; readonly field?: string | undefined }
  /** The last match: its first group, else all of it. */
  | { readonly from: "pattern"; readonly pattern: string }
  | { readonly from: "text" };

/** Finds what a pattern captures at its last match. Compiled outside the core, by an engine that is linear in the text. */
export type FindLast = (text: string) => string | null;

/** `compile` is asked only for a pattern. */
export function answerRule(source: AnswerSource, compile: (pattern: string) => FindLast): AnswerRule {
  return { extract: extractor(source, compile), classOf: canonicalAnswer };
}

function extractor(source: AnswerSource, compile: (pattern: string) => FindLast): AnswerRule["extract"] {
  switch (source.from) {
    case "auto":
      return automaticAnswer;
    case "marked":
      return (text) => markedAnswer(text);
    case "boxed":
      return (text) => nonEmpty(lastBoxed(text)?.inside);
    case "json":
      return (text) => jsonAnswer(text, source.field);
    case "tool":
      return (_text, toolCalls) => toolAnswer(toolCalls, source.tool, source.field);
    case "pattern": {
      const find = compile(source.pattern);
      return (text) => nonEmpty(find(text));
    }
    case "text":
      return (text) => nonEmpty(text);
  }
}

/** A single line up to this many characters counts as an answer by itself. */
const SHORT_ANSWER_LENGTH = 80;

/** Fields that a JSON answer is looked for in where the request names none. */
const ANSWER_FIELDS = ["answer", "final_answer", "finalAnswer"];

function automaticAnswer(text: string, toolCalls: readonly unknown[]): string | null {
  const whole = text.trim();
  if (whole.startsWith("{") || whole.startsWith("```")) {
    for (const field of ANSWER_FIELDS) {
      const answer = jsonAnswer(whole, field);
      if (answer !== null) return answer;
    }
  }
  const marked = markedAnswer(text);
  if (marked !== null) return marked;
  if (whole === "") return toolAnswer(toolCalls, undefined, undefined);
  // What `response_format` brings: however long, it is all answer, and equal objects can vote together.
  if (isJson(whole)) return whole;
  return whole.length <= SHORT_ANSWER_LENGTH && !whole.includes("\n") ? whole : null;
}

function nonEmpty(text: string | null | undefined): string | null {
  const trimmed = text?.trim() ?? "";
  return trimmed === "" ? null : trimmed;
}

/** What holds where a request says nothing about its answer. */
export const AUTOMATIC_ANSWER: AnswerRule = { extract: automaticAnswer, classOf: canonicalAnswer };

/** The final answer of a text by the automatic rule. */
export function finalAnswer(text: string): string | null {
  return automaticAnswer(text, []);
}

/** The class of a text's final answer by the automatic rule. */
export function answerClass(text: string): string | null {
  const answer = finalAnswer(text);
  return answer === null ? null : canonicalAnswer(answer);
}

/** Does the text say, by a mark, that it has come to its answer? */
export function isFinalAnswerMarked(text: string): boolean {
  return markedAnswer(text) !== null;
}
