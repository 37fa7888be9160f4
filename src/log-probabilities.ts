import type { MethodDefinition } from "./core/method.ts";
import type { Sampling } from "./core/policy.ts";
import { policyNamed } from "./lists.ts";
import type { ProviderConfig } from "./providers/config.ts";
import type { RecipeError } from "./recipe.ts";

/**
 * Tokens and alternatives that the candidates of one search may have at most, all of them together: their log then is some
 * 12 MB, and the answer passes between the object and the API (32 MiB).
 */
const MAX_ENTRIES = 250_000;

export interface TokenWish {
  readonly sampling: Sampling;
  readonly definition: MethodDefinition;
  readonly params: unknown;
  /** The request's own model and the method's. */
  readonly models: readonly string[];
  /** Candidates at most. */
  readonly candidates: number;
}

/**
 * Why the client cannot have the log-probabilities it asks for; null where it can, or asks for none. A silent null in the
 * answer would break evaluations.
 */
export function tokenFault(wish: TokenWish, providers: readonly ProviderConfig[]): RecipeError | null {
  const { sampling, definition, params, candidates } = wish;
  const { topLogprobs, maxTokens } = sampling;
  if (topLogprobs === null || topLogprobs === undefined) return null;
  for (const id of wish.models) {
    const served = providers.flatMap(({ models }) =>
      models.filter((model) => model.id === id && model.capabilities.logprobs),
    );
    if (served.length === 0) return unsupported(`The model '${id}' gives no log-probabilities.`);
    const most = Math.max(...served.map(({ capabilities }) => capabilities.topLogprobs ?? topLogprobs));
    if (topLogprobs > most) {
      const message = `Invalid 'top_logprobs': the model '${id}' gives at most ${most} alternatives.`;
      return { code: "integer_above_max_value", message, param: "top_logprobs" };
    }
  }
  const rewording = definition.roles(params).find((role) => {
    const policy = definition.policies[role];
    return policy !== undefined && policyNamed(policy).isReworded === true;
  });
  if (rewording !== undefined) {
    return unsupported(`The method '${definition.name}' rewords what the model says, and has none for its answers.`);
  }
  if (maxTokens * (1 + topLogprobs) * candidates <= MAX_ENTRIES) return null;
  const message =
    `Invalid 'top_logprobs': ${candidates} candidates of up to ${maxTokens} tokens with ${topLogprobs} alternatives each ` +
    `are more than ${MAX_ENTRIES} entries. Lower it, 'max_completion_tokens' or 'search.budget.max_rollouts'.`;
  return { code: "integer_above_max_value", message, param: "top_logprobs" };
}

function unsupported(why: string): RecipeError {
  return { code: "unsupported_parameter", message: `Unsupported parameter: 'logprobs'. ${why}`, param: "logprobs" };
}
