import type { Capabilities, Completion, CompletionRequest } from "./model.ts";
import type { Problem } from "./problem.ts";
import type { Extent } from "./step.ts";
import type { Thought } from "./thought.ts";

/** The client's sampling wishes for each candidate; the same for every method. */
export interface Sampling {
  readonly maxTokens: number;
  readonly temperature: number | undefined;
  readonly topP: number | undefined;
  readonly stop: readonly string[];
}

export interface PolicyInput {
  readonly problem: Problem;
  /** Texts of the path from the root, in order; [] at the root. */
  readonly steps: readonly string[];
  readonly count: number;
  readonly seed: number;
  readonly sampling: Sampling;
  readonly capabilities: Capabilities;
}

/** How thoughts are asked for: a prompt, and how the reply is read. Pure; the model is called by the loop's driver. */
export interface Policy {
  readonly name: string;
  readonly extent: Extent;
  request(input: PolicyInput): CompletionRequest;
  /** One completion as the chain of thoughts it adds below the node: one or more, the last complete iff it ended. */
  thoughts(completion: Completion, capabilities: Capabilities): readonly Thought[];
}
