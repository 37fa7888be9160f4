import type { Completion, TokenLogprob } from "./model.ts";

/** Why a piece of text ends where it does. `step`: a step boundary, more is to come. The rest complete a candidate. */
export type Ending = "step" | "stop" | "length" | "tool-calls" | "content-filter";

/**
 * How a thought stands to the path before it. A continuation follows the text so far; a revision is a whole answer that
 * takes the place of the one before; a note (a critique, a rephrased question) is about the path and part of no answer.
 */
export type Form = "continuation" | "revision" | "note";

/** Content: one step, a whole answer, or a note. Its place in the search is a Node. */
export interface Thought {
  /** Exactly as generated, separators included: the texts of a path, joined, are the candidate. */
  readonly text: string;
  readonly ending: Ending;
  /** Absent: a continuation. */
  readonly form?: Form;
  /** The model that wrote it, as the provider names it. */
  readonly model: string;
  /** Sum of natural-log probabilities of its tokens, <= 0; null where the provider gives none. */
  readonly logprobSum: number | null;
  /** Number of generated tokens, where known. */
  readonly tokenCount: number | null;
  /** How sure its proposer said it was, > 0, where a list carries such marks (ToT's crosswords: certain 1, high 0.5). */
  readonly weight?: number;
  /** OpenAI's `tool_calls` of the message, as they came. */
  readonly toolCalls?: readonly unknown[];
  /** Where in `text` a refusal begins. */
  readonly refusalFrom?: number;
  /** Of `text`, where the client asked for them. */
  readonly tokens?: readonly TokenLogprob[];
  /** What the model thought before it wrote `text`, where the client asked for it. */
  readonly reasoning?: string;
  /** Tokens of that, kept or not; absent where the provider does not tell. */
  readonly reasoningTokens?: number;
}

/** What a completion has beside its text, for a thought that says just what the completion said. */
export function besideText(completion: Completion): BesideText {
  const { toolCalls, refusalFrom, tokens, reasoning, reasoningTokens } = completion;
  return {
    ...(toolCalls !== undefined && { toolCalls }),
    ...(refusalFrom !== undefined && { refusalFrom }),
    ...(tokens !== undefined && { tokens }),
    ...(reasoning !== undefined && { reasoning }),
    ...(reasoningTokens !== undefined && { reasoningTokens }),
  };
}

type BesideText = Pick<Thought, "toolCalls" | "refusalFrom" | "tokens" | "reasoning" | "reasoningTokens">;

/** Is it the end of a candidate? A note never is. */
export function isComplete(thought: Thought): boolean {
  return thought.ending !== "step" && thought.form !== "note";
}

/** The text of the answer on a path: notes are no part of it, and a revision stands alone. */
export function answerSoFar(path: readonly Thought[]): string {
  return stepTexts(path).join("");
}

export function stepTexts(path: readonly Thought[]): readonly string[] {
  const from = path.findLastIndex((thought) => thought.form === "revision");
  return path.slice(Math.max(0, from)).flatMap((thought) => (thought.form === "note" ? [] : [thought.text]));
}
