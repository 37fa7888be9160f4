import type { Random } from "./random.ts";
import type { Decision } from "./step.ts";
import type { Node, TreeView } from "./tree.ts";
import type { Verifier } from "./verifier.ts";

/**
 * A search method: a pure function of the tree. No state, no awaits, no model. It is asked again and again until it
 * waits or the width is used up, so it must count what is in flight; it may be asked twice about the same tree (after a
 * crash it will be), and it must decide alike at width 1 and at width 64 up to what is not known yet.
 */
export interface Method {
  readonly name: string;
  next(tree: TreeView, random: Random): Decision;
  /** The node to serve; null while there is no completed candidate. Must be defined at any moment (best so far). */
  answer(tree: TreeView): Node | null;
}

/** What a method may know about the search it plans. */
export interface MethodContext {
  /** Completed candidates to plan for; the budget's `rollouts` limit where there is one. */
  readonly rollouts: number;
  readonly verifier: Pick<Verifier, "name" | "scope" | "isComparative"> | null;
}

/** One line in `methods/index.ts` per definition. */
export interface MethodDefinition<Parameters> {
  readonly name: string;
  /** One sentence for the documentation and the API. */
  readonly summary: string;
  readonly parameters: ParameterSchema<Parameters>;
  create(parameters: Parameters, context: MethodContext): Method;
}

/** The part of a zod object schema that the core relies on. Unknown keys must be rejected. */
export interface ParameterSchema<Parameters> {
  safeParse(input: unknown):
    | { readonly success: true; readonly data: Parameters }
    | {
        readonly success: false;
        readonly error: { readonly issues: readonly ParameterIssue[] };
      };
}

export interface ParameterIssue {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** Present with code `unrecognized_keys`. */
  readonly keys?: readonly string[];
}
