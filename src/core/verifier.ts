import { type Amounts, NOTHING } from "./amounts.ts";
import type { CancelSignal } from "./cancellation.ts";
import type { JudgementCache } from "./judgement-cache.ts";
import type { Attempt, Model, ModelError } from "./model.ts";
import type { ParameterIssue, ParameterSchema } from "./parameters.ts";
import type { Problem } from "./problem.ts";
import type { PromptBook, PromptDefinition } from "./prompt.ts";
import { fail, type Result, succeed } from "./result.ts";
import type { RewardModel } from "./reward-model.ts";
import type { Webhook } from "./webhook.ts";

/** One judgement of one candidate. */
export interface Score {
  /** In [0, 1]. */
  readonly value: number;
  /**
   * A verdict is certain (an exact checker); an estimate is evidence (a judge, a vote). A veto is a gate's (form-gate.ts): certain
   * that the candidate has not the form that was asked for, hence 0, and silent on whether it is right.
   */
  readonly kind: "estimate" | "verdict" | "veto";
  readonly reason: string;
  /** Who said so; a composite lists its parts. */
  readonly verifier: string;
}

export interface Candidate {
  /** The whole text from the root to this node. */
  readonly text: string;
  /** The same text, step by step. */
  readonly steps: readonly string[];
  readonly isComplete: boolean;
  /** The final answer as it was written; null for a partial candidate, or where there is none. */
  readonly answer: string | null;
  /** Canonical final answer; null for a partial or unparsable one. */
  readonly answerClass: string | null;
  /** OpenAI's `tool_calls` of its last message; empty where it made none. */
  readonly toolCalls: readonly unknown[];
  /** How many completions said just this, >= 1. */
  readonly count: number;
  /** How often it has been judged already: a model that is asked again should not repeat itself. */
  readonly judgements: number;
}

/** Everything that scores: judge, vote, process reward, outcome reward, self-evaluation, exact checker. */
export interface Verifier {
  readonly name: string;
  /** Which thoughts it may have an opinion on. */
  readonly scope: "complete" | "all";
  /** True when a score depends on the other candidates of the same call: all are then verified together, at the end. */
  readonly isComparative: boolean;
  /** Upper bound of the cost of verifying these candidates; nothing for a local checker. */
  worstCase(problem: Problem, candidates: readonly Candidate[]): Amounts;
  /** Local checkers answer at once, so that verifying costs no round trip and no row in the log of its own. */
  verifyNow?(problem: Problem, candidates: readonly Candidate[]): readonly (Score | null)[];
  /** May be called concurrently, and again with the same candidates after a crash. Resolves, also when cancelled. */
  verify(problem: Problem, candidates: readonly Candidate[], signal: CancelSignal): Promise<VerifyOutcome>;
  /** Where leaving verdicts out is more than dropping them from the scores (without-verdicts.ts). */
  withoutVerdicts?(): Verifier;
}

export interface VerifyOutcome {
  /** One entry per candidate, in order; null where this verifier has no opinion (say, on a partial answer). */
  readonly result: Result<readonly (Score | null)[], ModelError>;
  readonly attempts: readonly Attempt[];
  /** Beside a failure: what could be said all the same, by those of several verifiers that did not fail. */
  readonly settled?: readonly (Score | null)[];
}

/** A checker that needs no model: it costs nothing and answers at once. */
export function localVerifier(
  traits: Pick<Verifier, "name" | "scope" | "isComparative">,
  score: (problem: Problem, candidates: readonly Candidate[]) => readonly (Score | null)[],
): Verifier {
  return {
    ...traits,
    worstCase: () => NOTHING,
    verifyNow: score,
    verify: async (problem, candidates) => ({ result: succeed(score(problem, candidates)), attempts: [] }),
  };
}

/** What a definition says about itself, whatever its parameters. */
export interface VerifierTraits {
  readonly name: string;
  readonly summary: string;
  /** The prompts it uses; none for a checker. */
  readonly prompts: readonly PromptDefinition[];
  /** Its verdicts are certain. */
  readonly isExact: boolean;
  /** Exact, and `refusal` tells whether a problem is its own: it may be chosen unasked. */
  readonly isAutomatic: boolean;
  /** It tells better partial answers from worse ones; one that can only refute them does not. */
  readonly scoresSteps: boolean;
}

/** What a verifier asks for by name beside the search's own model, each told in the parameter of the same name. */
export interface VerifierWants {
  /** Public id of the model that it asks instead of the search's own: parameter `model`. */
  readonly model?: string;
  /** A reward model of the deployment: parameter `reward_model`. */
  readonly rewardModel?: { readonly name: string; readonly kind: RewardModel["kind"] };
  /** An address of the tenant's, and the name of the secret that signs for it: parameters `url` and `secret_name`. */
  readonly webhook?: { readonly url: string; readonly secretName: string };
}

/** One line in `verifiers/index.ts` per definition. */
export interface VerifierDefinition extends VerifierTraits {
  /** Validates what a request's verifier object says beside `type` and `weight`; the result is plain JSON. */
  parse(parameters: unknown): Result<Readonly<Record<string, unknown>>, readonly ParameterIssue[]>;
  /** Why this verifier cannot score answers to this problem with this model; null when it can. */
  refusal(problem: Problem, model: ModelTraits, prompts: PromptBook, parameters: unknown): string | null;
  wants(parameters: unknown): VerifierWants;
  /** `scoresSteps`, with these parameters. */
  scoresStepsWith(parameters: unknown): boolean;
  /** Throws on parameters that `parse` would not pass: by then that is a bug. */
  create(context: VerifierContext, parameters: unknown): Verifier;
}

export type ModelTraits = Pick<Model, "name" | "capabilities">;

/** A definition as its author writes it, with typed parameters. */
export interface VerifierSpec<Parameters> extends VerifierTraits {
  readonly parameters: ParameterSchema<Parameters>;
  refusal(problem: Problem, model: ModelTraits, prompts: PromptBook, parameters: Parameters): string | null;
  readonly wants?: (parameters: Parameters) => VerifierWants;
  /** Where some parameters keep it from scoring steps. */
  readonly scoresStepsWith?: (parameters: Parameters) => boolean;
  create(context: VerifierContext, parameters: Parameters): Verifier;
}

export function defineVerifier<Parameters extends Record<string, unknown>>(
  spec: VerifierSpec<Parameters>,
): VerifierDefinition {
  const { parameters: schema, refusal, wants, scoresStepsWith, create, ...traits } = spec;
  const trusted = (parameters: unknown): Parameters => {
    const parsed = schema.safeParse(parameters);
    if (!parsed.success) throw new Error(`${spec.name}: invalid parameters got past parse()`);
    return parsed.data;
  };
  return {
    ...traits,
    parse: (parameters) => {
      const parsed = schema.safeParse(parameters);
      return parsed.success ? succeed(parsed.data) : fail(parsed.error.issues);
    },
    refusal: (problem, model, prompts, parameters) => refusal(problem, model, prompts, trusted(parameters)),
    wants: (parameters) => wants?.(trusted(parameters)) ?? {},
    scoresStepsWith: (parameters) => scoresStepsWith?.(trusted(parameters)) ?? spec.scoresSteps,
    create: (context, parameters) => create(context, trusted(parameters)),
  };
}

export interface VerifierContext {
  /** The search's own, or the one that the verifier wants instead. */
  readonly model: Model;
  /** Replaced prompts, by name. */
  readonly prompts: PromptBook;
  readonly seed: number;
  /** Judgements of earlier searches; none where absent. */
  readonly judgements?: JudgementCache;
  /** What it wants, where it wants it. */
  readonly rewardModel?: RewardModel;
  readonly webhook?: Webhook;
}
