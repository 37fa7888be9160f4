import type { Node } from "./node.ts";
import type { Random } from "./random.ts";
import { fail, type Result, succeed } from "./result.ts";
import type { Decision, Extent } from "./step.ts";
import type { TreeView } from "./tree.ts";
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

/** What a method cannot do without: no score at all, a score of whole answers, or one of every step. */
export type WantsScored = "nothing" | "answers" | "steps";

/** One line in `methods/index.ts` per definition. */
export interface MethodDefinition {
  readonly name: string;
  /** One sentence for the documentation and the API. */
  readonly summary: string;
  /** Which policy carries out each extent of a proposal: names in `policies/index.ts`. */
  readonly policies: Readonly<Record<Extent, string>>;
  readonly wantsScored: WantsScored;
  /** Validates and fills in defaults; the result is plain JSON and goes into the recipe. */
  parse(parameters: unknown): Result<Readonly<Record<string, unknown>>, readonly ParameterIssue[]>;
  /** Throws on parameters that `parse` would not pass: by then that is a bug. */
  create(parameters: unknown, context: MethodContext): Method;
}

/** A definition as its author writes it, with typed parameters. */
export interface MethodSpec<Parameters> {
  readonly name: string;
  readonly summary: string;
  readonly policies: Readonly<Record<Extent, string>>;
  readonly wantsScored: WantsScored;
  readonly parameters: ParameterSchema<Parameters>;
  create(parameters: Parameters, context: MethodContext): Method;
}

export function defineMethod<Parameters extends Record<string, unknown>>(
  spec: MethodSpec<Parameters>,
): MethodDefinition {
  const { name, summary, policies, wantsScored, parameters: schema } = spec;
  return {
    name,
    summary,
    policies,
    wantsScored,
    parse: (parameters) => {
      const parsed = schema.safeParse(parameters);
      return parsed.success ? succeed(parsed.data) : fail(parsed.error.issues);
    },
    create: (parameters, context) => {
      const parsed = schema.safeParse(parameters);
      if (!parsed.success) throw new Error(`${name}: invalid parameters reached create()`);
      return spec.create(parsed.data, context);
    },
  };
}

/** The part of a zod object schema that the core relies on. Unknown keys must be rejected. */
export interface ParameterSchema<Parameters> {
  safeParse(
    input: unknown,
  ):
    | { readonly success: true; readonly data: Parameters }
    | { readonly success: false; readonly error: { readonly issues: readonly ParameterIssue[] } };
}

export interface ParameterIssue {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** Present with code `unrecognized_keys`. */
  readonly keys?: readonly string[] | undefined;
}
