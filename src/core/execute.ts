import { type Amounts, addAmounts, NOTHING } from "./amounts.ts";
import type { CancelSignal } from "./cancellation.ts";
import type { Attempt, CompletionListener, CompletionRequest, Model, ModelError } from "./model.ts";
import type { Policy, PolicyInput, Sampling } from "./policy.ts";
import type { Problem } from "./problem.ts";
import type { PromptBook } from "./prompt.ts";
import { deriveSeed } from "./random.ts";
import type { CompareStep, ProposeStep, Role, Step, StepId } from "./step.ts";
import type { Thought } from "./thought.ts";
import type { Tree } from "./tree.ts";
import { candidateOf } from "./verification.ts";
import type { Score, Verifier } from "./verifier.ts";

/** What carrying out steps needs to know about the search. */
export interface Executor {
  readonly problem: Problem;
  readonly seed: number;
  readonly sampling: Sampling;
  readonly policies: Readonly<Record<Role, Policy>>;
  readonly prompts: PromptBook;
  readonly wantsLogprobs: boolean;
  readonly model: Model;
  /** Further models by public id, for steps that name one. */
  readonly models: ReadonlyMap<string, Model>;
  readonly verifier: Verifier | null;
  /** Who compares two nodes, by role: verifiers whose two scores add up to 1. */
  readonly comparators: Readonly<Record<Role, Verifier>>;
  /** The plan is one call whose completions are the answers, in their order (`MethodDefinition.isOneCall`). */
  readonly isOneCall?: boolean;
}

export type StepAnswer =
  /** Each completion as chains of thoughts below the step's node. */
  | {
      readonly type: "thoughts";
      readonly chains: readonly (readonly Thought[])[];
      readonly attempts: readonly Attempt[];
    }
  | { readonly type: "scores"; readonly scores: readonly (Score | null)[]; readonly attempts: readonly Attempt[] }
  | {
      readonly type: "failure";
      readonly error: ModelError;
      readonly attempts: readonly Attempt[];
      /** Of a verification: scores to go by where it is not tried again. */
      readonly settled?: readonly (Score | null)[];
    };

/** Carries a step out. Reads the tree only before the first await. */
export async function executeStep(
  executor: Executor,
  tree: Tree,
  stepId: StepId,
  step: Step,
  signal: CancelSignal,
  listener?: CompletionListener,
): Promise<StepAnswer> {
  if (step.type !== "propose") {
    const candidates = step.nodeIds.map((id) => candidateOf(tree, id));
    const { result, attempts, settled } = await scorerOf(executor, step).verify(executor.problem, candidates, signal);
    if (!result.ok)
      return { type: "failure", error: result.error, attempts, ...(settled !== undefined && { settled }) };
    return { type: "scores", scores: result.value, attempts };
  }
  const policy = policyOf(executor, step.role);
  const input = inputOf(executor, tree, stepId, step, step.count);
  const heard = listener !== undefined && isShownLive(executor, tree, step) ? listener : undefined;
  heard?.begin();
  const { result, attempts } = await modelOf(executor, step).complete(requestOf(policy, input), signal, heard);
  if (!result.ok) return { type: "failure", error: result.error, attempts };
  const chains = result.value.flatMap((completion) => policy.thoughts(completion, input));
  if (chains.length > 0) return { type: "thoughts", chains, attempts };
  const error = { type: "unparsed", message: `the reply to "${step.role}" could not be read` } as const;
  return { type: "failure", error, attempts };
}

/**
 * May the completions of this step be shown while they are written? Only where they will be the answers, each at its own
 * place: in a plan of one call, while nothing has come of it yet.
 */
export function isShownLive({ isOneCall }: Pick<Executor, "isOneCall">, tree: Tree, step: Step): boolean {
  return isOneCall === true && step.type === "propose" && tree.rollouts === 0;
}

/** Upper bound of a step's cost with `count` samples (`count` matters to proposals only). */
export function worstCaseOf(executor: Executor, tree: Tree, stepId: StepId, step: Step, count: number): Amounts {
  if (step.type === "propose") {
    const policy = policyOf(executor, step.role);
    const request = requestOf(policy, inputOf(executor, tree, stepId, step, count));
    return { ...modelOf(executor, step).worstCase(request), rollouts: policy.extent === "note" ? 0 : count };
  }
  const candidates = step.nodeIds.map((id) => candidateOf(tree, id));
  return addAmounts(NOTHING, scorerOf(executor, step).worstCase(executor.problem, candidates));
}

export function verifierOf(executor: Executor): Verifier {
  if (executor.verifier === null) throw new Error("a method asked for a verification without a verifier");
  return executor.verifier;
}

function scorerOf(executor: Executor, step: Exclude<Step, ProposeStep>): Verifier {
  return step.type === "verify" ? verifierOf(executor) : comparatorOf(executor, step);
}

function comparatorOf(executor: Executor, { role }: CompareStep): Verifier {
  const comparator = executor.comparators[role];
  if (comparator === undefined) throw new Error(`no comparator for "${role}"`);
  return comparator;
}

function policyOf(executor: Executor, role: Role): Policy {
  const policy = executor.policies[role];
  if (policy === undefined) throw new Error(`no policy for "${role}"`);
  return policy;
}

function modelOf(executor: Executor, step: ProposeStep): Model {
  if (step.model === undefined) return executor.model;
  const model = executor.models.get(step.model);
  if (model === undefined) throw new Error(`no model ${step.model}`);
  return model;
}

function inputOf(executor: Executor, tree: Tree, stepId: StepId, step: ProposeStep, count: number): PolicyInput {
  const { problem, prompts, wantsLogprobs } = executor;
  const sampling = {
    ...executor.sampling,
    ...(step.temperature !== undefined && { temperature: step.temperature }),
    ...(step.maxTokens !== undefined && { maxTokens: Math.min(step.maxTokens, executor.sampling.maxTokens) }),
  };
  // The same for every attempt at the step: with a deterministic upstream a repeated attempt says the same again. Only
  // a reply that could not be read is asked for anew.
  const { unparsed, proposal } = tree.openSteps.get(stepId) ?? { unparsed: 0, proposal: tree.proposalsStarted + 1 };
  return {
    problem,
    path: tree.pathOf(tree.node(step.nodeId)).flatMap(({ thought }) => (thought === null ? [] : [thought])),
    count,
    // By its place among the proposals: when the verifications in between are made depends on the width.
    seed: deriveSeed(executor.seed, "proposal", proposal, ...(unparsed === 0 ? [] : [unparsed])),
    sampling,
    clientMaxTokens: executor.sampling.maxTokens,
    capabilities: modelOf(executor, step).capabilities,
    prompts,
    wantsLogprobs,
  };
}

function requestOf(policy: Policy, input: PolicyInput): CompletionRequest {
  const request = policy.request(input);
  const { topLogprobs: asked, keepsReasoning } = input.sampling;
  // A note is part of no answer: nobody is told of its tokens.
  const isOfAnswer = policy.extent === "step" || policy.extent === "end";
  const kept = isOfAnswer && asked != null ? asked : null;
  const least = kept ?? (input.wantsLogprobs ? 0 : null);
  return {
    ...request,
    topLogprobs: least === null ? request.topLogprobs : Math.max(least, request.topLogprobs ?? 0),
    ...(kept !== null && { keepsTokens: true }),
    ...(isOfAnswer && keepsReasoning === true && { keepsReasoning }),
  };
}
