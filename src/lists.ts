import type { FormGateDefinition } from "./core/form-gate.ts";
import type { MethodDefinition } from "./core/method.ts";
import type { Policy } from "./core/policy.ts";
import type { PromptDefinition } from "./core/prompt.ts";
import { SELECTIONS } from "./core/selection/index.ts";
import type { Selection } from "./core/selection/selection.ts";
import type { VerifierDefinition } from "./core/verifier.ts";
import { METHODS } from "./methods/index.ts";
import { POLICIES } from "./policies/index.ts";
import type { RecipeError } from "./recipe.ts";
import { FORM_GATES } from "./verifiers/form-gates/index.ts";
import { COMPARATORS, VERIFIERS } from "./verifiers/index.ts";

/** Names to definitions: the lists of methods, policies, verifiers, gates and selections, looked up. */

export function findMethod(name: string): MethodDefinition | null {
  return METHODS.find((method) => method.name === name) ?? null;
}

export function findVerifier(name: string): VerifierDefinition | null {
  return VERIFIERS.find((verifier) => verifier.name === name) ?? null;
}

export function findFormGate(name: string): FormGateDefinition | null {
  return FORM_GATES.find((gate) => gate.name === name) ?? null;
}

export function modelNotFound(model: string): RecipeError {
  return {
    code: "model_not_found",
    message: `The model \`${model}\` does not exist or you do not have access to it.`,
    param: "model",
  };
}

export function unknownName(param: string, name: string, list: readonly { readonly name: string }[]): RecipeError {
  const known = list.map((one) => one.name).join(", ");
  return { code: "invalid_value", message: `Invalid value: '${name}'. Supported values are: ${known}.`, param };
}

export function findSelection(name: string): Selection | null {
  return SELECTIONS.find((selection) => selection.name === name) ?? null;
}

export function isVerifierDefinition(definition: VerifierDefinition | null): definition is VerifierDefinition {
  return definition !== null;
}

/** Throws on a name that no definition of ours may have. */
export function policyNamed(name: string): Policy {
  const policy = POLICIES.find((one) => one.name === name);
  if (policy === undefined) throw new Error(`no policy ${name}`);
  return policy;
}

/** Throws on a name that no definition of ours may have. */
export function comparatorNamed(name: string): VerifierDefinition {
  const comparator = COMPARATORS.find((one) => one.name === name);
  if (comparator === undefined) throw new Error(`no comparator ${name}`);
  return comparator;
}

/** The comparators by role that a method with these parameters and this selection uses. */
export function comparatorsOf(
  definition: MethodDefinition,
  params: unknown,
  selection: string | null,
): Readonly<Record<string, string>> {
  const roles = definition.roles(params);
  const own = Object.entries(definition.comparators).filter(([role]) => roles.includes(role));
  const chosen = selection === null ? null : findSelection(selection);
  return { ...Object.fromEntries(own), ...chosen?.comparators };
}

/** The prompts a search may use: of the policies behind the roles its parameters lead to, its verifiers, its comparators. */
export function promptsOf(
  definition: MethodDefinition,
  params: unknown,
  verifiers: readonly VerifierDefinition[],
  selection: string | null,
): { readonly ofPolicies: readonly PromptDefinition[]; readonly all: readonly PromptDefinition[] } {
  const roles = definition.roles(params);
  const policies = Object.entries(definition.policies).filter(([role]) => roles.includes(role));
  const ofPolicies = policies.flatMap(([, name]) => policyNamed(name).prompts);
  const comparators = Object.values(comparatorsOf(definition, params, selection)).map(comparatorNamed);
  const all = [...ofPolicies, ...[...verifiers, ...comparators].flatMap(({ prompts }) => prompts)];
  return { ofPolicies: distinct(ofPolicies), all: distinct(all) };
}

/** Every prompt of ours, whoever asks with it. */
export function allPrompts(): readonly PromptDefinition[] {
  return distinct([...POLICIES, ...VERIFIERS, ...COMPARATORS].flatMap(({ prompts }) => prompts));
}

function distinct(prompts: readonly PromptDefinition[]): PromptDefinition[] {
  return [...new Map(prompts.map((prompt) => [prompt.name, prompt])).values()];
}
