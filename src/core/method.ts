import type { Backup } from "./backup.ts";
import type { ParameterIssue, ParameterSchema } from "./parameters.ts";
import type { Random } from "./random.ts";
import { fail, type Result, succeed } from "./result.ts";
import type { Selected } from "./selection/selection.ts";
import type { Decision, Role } from "./step.ts";
import type { TreeView } from "./tree-view.ts";
import type { Verifier } from "./verifier.ts";

/**
 * A search method: a pure function of the tree. No state, no awaits, no model. It is asked again and again until it
 * waits or the width is used up, so it must count what is in flight; it may be asked twice about the same tree (after a
 * crash it will be), and it must decide alike at width 1 and at width 64 up to what is not known yet.
 */
export interface Method {
  readonly name: string;
  /** How the fold keeps `Node.value`; the mean return where absent. */
  readonly backup?: Backup;
  /** True where the search must not know the truth: verdicts then count as no opinion, and never enter the tree. */
  readonly ignoresVerdicts?: boolean;
  next(tree: TreeView, random: Random): Decision;
  /** The node to serve; null while there is no completed candidate. Must be defined at any moment (best so far). */
  answer(tree: TreeView): Selected | null;
}

/** What a method may know about the search it plans. */
export interface MethodContext {
  /** Completed candidates to plan for; the budget's `rollouts` limit where there is one. */
  readonly rollouts: number;
  readonly verifier: Pick<Verifier, "name" | "scope" | "isComparative"> | null;
  /** For choices that must come out the same whenever they are looked at again: `createRandom(seed, "round", 3)`. */
  readonly seed: number;
}

/** What a method cannot do without: no score at all, a score of whole answers, or one of every step. */
export type WantsScored = "nothing" | "answers" | "steps";

/**
 * What a method needs beside `n` samples, which any provider can be made to give. What is missing is refused before the
 * first call; `continuation` is emulated with a model that follows instructions, and the recipe says so.
 */
export type Need =
  /** Partial answers that are continued. */
  | "continuation"
  /** Log-probabilities of the sampled tokens. */
  | "logprobs"
  /** A verifier that has an opinion on partial answers. */
  | "step-scores"
  /** A verifier whose verdicts are certain. */
  | "checker";

/** One line in `methods/index.ts` per definition. */
export interface MethodDefinition {
  readonly name: string;
  /** One sentence for the documentation and the API. */
  readonly summary: string;
  /** Which policy carries out each role of a proposal: names in `policies/index.ts`. */
  readonly policies: Readonly<Record<Role, string>>;
  /** Which verifier carries out each role of a comparison: names in `verifiers/index.ts`. */
  readonly comparators: Readonly<Record<Role, string>>;
  readonly wantsScored: WantsScored;
  /** The same for given parameters, where they make a difference. */
  wantsScoredWith(parameters: unknown): WantsScored;
  /** No search: one call, and what it brings are the answers, in their order. */
  readonly isOneCall: boolean;
  /** Verifiers that score where the request names none: the first that can be used here, beside exact checkers. */
  readonly scorers: readonly string[];
  /** Validates and fills in defaults; the result is plain JSON and goes into the recipe. */
  parse(parameters: unknown): Result<Readonly<Record<string, unknown>>, readonly ParameterIssue[]>;
  /** Roles of proposals and comparisons that these parameters lead to; their prompts must be there. */
  roles(parameters: unknown): readonly Role[];
  needs(parameters: unknown): readonly Need[];
  /** Public ids of further models that the parameters name. */
  models(parameters: unknown): readonly string[];
  /** Throws on parameters that `parse` would not pass: by then that is a bug. */
  create(parameters: unknown, context: MethodContext): Method;
}

/** A definition as its author writes it, with typed parameters. */
export interface MethodSpec<Parameters> {
  readonly name: string;
  readonly summary: string;
  readonly policies: Readonly<Record<Role, string>>;
  readonly comparators?: Readonly<Record<Role, string>>;
  readonly wantsScored: WantsScored;
  /** Absent: it searches. */
  readonly isOneCall?: boolean;
  readonly wantsScoredWith?: (parameters: Parameters) => WantsScored;
  /** The service's own choice where absent. */
  readonly scorers?: readonly string[];
  readonly parameters: ParameterSchema<Parameters>;
  /** Where some parameters leave some roles unused; all of them otherwise. */
  readonly roles?: (parameters: Parameters) => readonly Role[];
  readonly needs?: (parameters: Parameters) => readonly Need[];
  readonly models?: (parameters: Parameters) => readonly string[];
  create(parameters: Parameters, context: MethodContext): Method;
}

export function defineMethod<Parameters extends Record<string, unknown>>(
  spec: MethodSpec<Parameters>,
): MethodDefinition {
  const { name, summary, policies, comparators = {}, wantsScored, parameters: schema } = spec;
  const trusted = (parameters: unknown): Parameters => {
    const parsed = schema.safeParse(parameters);
    if (!parsed.success) throw new Error(`${name}: invalid parameters got past parse()`);
    return parsed.data;
  };
  return {
    name,
    summary,
    policies,
    comparators,
    wantsScored,
    isOneCall: spec.isOneCall ?? false,
    wantsScoredWith: (parameters) => spec.wantsScoredWith?.(trusted(parameters)) ?? wantsScored,
    scorers: spec.scorers ?? [],
    parse: (parameters) => {
      const parsed = schema.safeParse(parameters);
      return parsed.success ? succeed(parsed.data) : fail(parsed.error.issues);
    },
    roles: (parameters) => spec.roles?.(trusted(parameters)) ?? [...Object.keys(policies), ...Object.keys(comparators)],
    needs: (parameters) => spec.needs?.(trusted(parameters)) ?? [],
    models: (parameters) => spec.models?.(trusted(parameters)) ?? [],
    create: (parameters, context) => spec.create(trusted(parameters), context),
  };
}
