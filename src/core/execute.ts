import type { Amounts } from "./amounts.ts";
import type { CancelSignal } from "./cancellation.ts";
import type { Attempt, CompletionRequest, Model, ModelError } from "./model.ts";
import type { Policy, Sampling } from "./policy.ts";
import type { Problem } from "./problem.ts";
import { deriveSeed } from "./random.ts";
import type { Extent, Step, StepId } from "./step.ts";
import type { Thought } from "./thought.ts";
import type { Tree } from "./tree.ts";
import { candidateOf } from "./verification.ts";
import type { Score, Verifier } from "./verifier.ts";

/** What carrying out steps needs to know about the search. */
export interface Executor {
  readonly problem: Problem;
  readonly seed: number;
  readonly sampling: Sampling;
  readonly policies: Readonly<Record<Extent, Policy>>;
  readonly model: Model;
  readonly verifier: Verifier | null;
}

export type StepAnswer =
  /** Each completion as a chain of thoughts below the step's node. */
  | {
      readonly type: "thoughts";
      readonly chains: readonly (readonly Thought[])[];
      readonly attempts: readonly Attempt[];
    }
  | { readonly type: "scores"; readonly scores: readonly (Score | null)[]; readonly attempts: readonly Attempt[] }
  | { readonly type: "failure"; readonly error: ModelError; readonly attempts: readonly Attempt[] };

/** Carries a step out. Reads the tree only before the first await. */
export async function executeStep(
  executor: Executor,
  tree: Tree,
  stepId: StepId,
  step: Step,
  signal: CancelSignal,
): Promise<StepAnswer> {
  if (step.type === "propose") {
    const policy = executor.policies[step.extent];
    const request = requestFor(executor, tree, stepId, step, step.count);
    const { result, attempts } = await executor.model.complete(request, signal);
    if (!result.ok) return { type: "failure", error: result.error, attempts };
    const capabilities = executor.model.capabilities;
    return { type: "thoughts", chains: result.value.map((one) => policy.thoughts(one, capabilities)), attempts };
  }
  const candidates = step.nodeIds.map((id) => candidateOf(tree, id));
  const { result, attempts } = await verifierOf(executor).verify(executor.problem, candidates, signal);
  if (!result.ok) return { type: "failure", error: result.error, attempts };
  return { type: "scores", scores: result.value, attempts };
}

/** Upper bound of a step's cost with `count` samples (`count` does not matter to a verification). */
export function worstCaseOf(executor: Executor, tree: Tree, stepId: StepId, step: Step, count: number): Amounts {
  if (step.type === "propose") {
    return { ...executor.model.worstCase(requestFor(executor, tree, stepId, step, count)), rollouts: count };
  }
  const candidates = step.nodeIds.map((id) => candidateOf(tree, id));
  return verifierOf(executor).worstCase(executor.problem, candidates);
}

export function verifierOf(executor: Executor): Verifier {
  if (executor.verifier === null) throw new Error("a method asked for a verification without a verifier");
  return executor.verifier;
}

function requestFor(
  executor: Executor,
  tree: Tree,
  stepId: StepId,
  step: Extract<Step, { type: "propose" }>,
  count: number,
): CompletionRequest {
  return executor.policies[step.extent].request({
    problem: executor.problem,
    steps: tree.stepsOf(tree.node(step.nodeId)),
    count,
    // The same for every attempt at the step: with a deterministic upstream a repeated attempt says the same again.
    seed: deriveSeed(executor.seed, "step", stepId),
    sampling: executor.sampling,
    capabilities: executor.model.capabilities,
  });
}
