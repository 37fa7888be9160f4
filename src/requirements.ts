import type { MethodDefinition, Need } from "./core/method.ts";
import type { Problem } from "./core/problem.ts";
import type { PromptBook, PromptDefinition } from "./core/prompt.ts";
import { fail, type Result, succeed } from "./core/result.ts";
import type { VerifierDefinition } from "./core/verifier.ts";
import type { ModelConfig } from "./providers/config.ts";
import type { RecipeError } from "./recipe.ts";

/** What of a method's needs is emulated; it is said in the recipe, because it is not quite the same thing. */
export type Emulation = "continuation";

export interface RequirementInput {
  readonly definition: MethodDefinition;
  readonly params: unknown;
  readonly model: ModelConfig;
  readonly verifiers: readonly Pick<VerifierDefinition, "isExact" | "scoresSteps">[];
  /** The prompts of the method's policies. */
  readonly policyPrompts: readonly PromptDefinition[];
  /** Who compares candidates with each other, for the method or for the selection. */
  readonly comparators: readonly VerifierDefinition[];
  readonly problem: Problem;
  readonly prompts: PromptBook;
}

/** Requirements before money: whatever the method needs and cannot have is named before the first call. */
export function checkRequirements(input: RequirementInput): Result<readonly Emulation[], RecipeError> {
  const { definition, params, model } = input;
  for (const { name, isOptional } of input.policyPrompts) {
    if (isOptional || model.capabilities.instructions || input.prompts[name] !== undefined) continue;
    return fail(
      missing(definition, `asks the model with the prompt '${name}', and ${model.id} does not follow instructions`),
    );
  }
  for (const comparator of input.comparators) {
    const refusal = comparator.refusal(input.problem, { ...model, name: model.id }, input.prompts, {});
    if (refusal !== null)
      return fail(missing(definition, `compares candidates by '${comparator.name}', and ${refusal}`));
  }
  const emulated: Emulation[] = [];
  for (const need of definition.needs(params)) {
    if (isMet(need, input)) continue;
    if (need === "continuation" && (model.capabilities.instructions || input.prompts.step !== undefined)) {
      emulated.push("continuation");
      continue;
    }
    return fail(missing(definition, REASONS[need](model.id)));
  }
  return succeed(emulated);
}

function isMet(need: Need, { model, verifiers }: RequirementInput): boolean {
  switch (need) {
    case "continuation":
      return model.capabilities.continuation;
    case "logprobs":
      return model.capabilities.logprobs;
    case "step-scores":
      return verifiers.some(({ scoresSteps }) => scoresSteps);
    case "checker":
      return verifiers.some(({ isExact }) => isExact);
  }
}

const REASONS: Readonly<Record<Need, (model: string) => string>> = {
  continuation: (model) =>
    `continues partial answers, and ${model} can neither continue an answer nor follow instructions`,
  logprobs: (model) => `reads log-probabilities of the answers, and ${model} gives none`,
  "step-scores": () =>
    "steers by the value of partial answers, and no verifier here has one: add a judge to search.verifier",
  checker: () =>
    "needs a verifier whose verdicts are certain: name one in search.verifier, or give search.reference and the verifier 'exact'",
};

function missing({ name }: MethodDefinition, reason: string): RecipeError {
  return {
    code: "unsupported_value",
    message: `The method '${name}' cannot be used here: it ${reason}.`,
    param: "search.method",
  };
}
