/** Why a piece of text ends where it does. `step`: a step boundary, more is to come. The rest complete a candidate. */
export type Ending = "step" | "stop" | "length" | "tool-calls" | "content-filter";

/** Content: one step or a whole answer. Its place in the search is a Node. */
export interface Thought {
  /** Exactly as generated, separators included: the texts of a path, joined, are the candidate. */
  readonly text: string;
  readonly ending: Ending;
  /** The model that wrote it, as the provider names it. */
  readonly model: string;
  /** Sum of natural-log probabilities of its tokens, <= 0; null where the provider gives none. */
  readonly logprobSum: number | null;
  /** Number of generated tokens, where known. */
  readonly tokenCount: number | null;
  /** OpenAI's `tool_calls` of the message, as they came. */
  readonly toolCalls?: readonly unknown[];
}

export function isComplete(thought: Thought): boolean {
  return thought.ending !== "step";
}
