import type { Capabilities, Completion, CompletionRequest } from "./model.ts";
import type { Problem } from "./problem.ts";
import type { PromptBook, PromptDefinition } from "./prompt.ts";
import type { Thought } from "./thought.ts";

/** The client's sampling wishes for each candidate; the same for every method. */
export interface Sampling {
  readonly maxTokens: number;
  readonly temperature: number | undefined;
  readonly topP: number | undefined;
  readonly stop: readonly string[];
  /** The client wants each token's log-probability, with so many alternatives, 0..20; absent or null: none. */
  readonly topLogprobs?: number | null;
  /** The client wants the reasoning of the models that write one. */
  readonly keepsReasoning?: boolean;
}

export interface PolicyInput {
  readonly problem: Problem;
  /** The thoughts from the root to the node, notes and revisions included; [] at the root. */
  readonly path: readonly Thought[];
  readonly count: number;
  readonly seed: number;
  /** The client's, with what the step sets instead. */
  readonly sampling: Sampling;
  /** The client's cap on a whole answer; the step's own may be smaller. */
  readonly clientMaxTokens: number;
  readonly capabilities: Capabilities;
  readonly prompts: PromptBook;
  /** The method wants each thought's log-probability. */
  readonly wantsLogprobs: boolean;
}

/** What a proposal brings: one step, the rest of the answer, several alternative next steps from one reply, or a note. */
export type Extent = "step" | "end" | "list" | "note";

/** How thoughts are asked for: a prompt, and how the reply is read. Pure; the model is called by the loop's driver. */
export interface Policy {
  readonly name: string;
  readonly extent: Extent;
  /** Its thoughts are not what the completion said, word for word: nobody can tell of their tokens. Absent: they are. */
  readonly isReworded?: boolean;
  /** The prompts it may use; none where it adds no words of its own. */
  readonly prompts: readonly PromptDefinition[];
  request(input: PolicyInput): CompletionRequest;
  /**
   * One completion as chains of thoughts to add below the node: for a `list` a chain per item, else one; the last
   * thought of a chain is complete iff the answer ended there. [] where the reply cannot be read.
   */
  thoughts(completion: Completion, input: PolicyInput): readonly (readonly Thought[])[];
}
