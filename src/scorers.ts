import { fail, type Result, succeed } from "./core/result.ts";
import type { VerifierContext, VerifierWants } from "./core/verifier.ts";
import { platformFetch } from "./providers/egress.ts";
import type { PostContext } from "./providers/json-post.ts";
import { addressRefusal } from "./providers/public-address.ts";
import { createRewardModel } from "./providers/reward-model.ts";
import type { Scorers } from "./providers/scorers.ts";
import { createWebhook } from "./providers/webhook.ts";
import type { RecipeError } from "./recipe.ts";

/** The scorers outside that a verifier wants: looked up before anything is spent, made when the search is. */

/** What is wanted and not there, or not allowed, in the words of a 400; null when all is. `at`: "search.verifier". */
export function absentScorer(wants: VerifierWants, scorers: Scorers, at: string): RecipeError | null {
  const fault = (param: string, message: string): RecipeError => ({
    code: "invalid_value",
    message: `Invalid value for '${at}.${param}': ${message}.`,
    param: `${at}.${param}`,
  });
  if (wants.rewardModel !== undefined) {
    const { name, kind } = wants.rewardModel;
    const model = scorers.rewardModels.find((one) => one.name === name);
    if (model === undefined) return fault("reward_model", "no reward model of that name is configured here");
    if (model.kind !== kind) return fault("reward_model", `that reward model gives an ${model.kind} reward`);
  }
  if (wants.webhook !== undefined) {
    const { url, secretName } = wants.webhook;
    const refusal = addressRefusal(url, scorers);
    if (refusal !== null) return fault("url", refusal);
    const secret = scorers.webhookSecrets.find((one) => one.name === secretName);
    // One message for both: which names there are for other origins is nobody's business.
    if (secret === undefined || secret.origin !== new URL(url).origin) {
      return fault("secret_name", "no signing secret of that name is configured for this address");
    }
  }
  return null;
}

/** Throws on nothing: a recipe from before a change of the configuration gets the same answer as a new request. */
export function createScorer(
  wants: VerifierWants,
  scorers: Scorers,
  context: Omit<PostContext, "fetch">,
): Result<Pick<VerifierContext, "rewardModel" | "webhook">, RecipeError> {
  const absent = absentScorer(wants, scorers, "search.verifier");
  if (absent !== null) return fail(absent);
  const post: PostContext = { ...context, fetch: platformFetch };
  const rewardModel = scorers.rewardModels.find(({ name }) => name === wants.rewardModel?.name);
  const secret = scorers.webhookSecrets.find(({ name }) => name === wants.webhook?.secretName);
  return succeed({
    ...(rewardModel !== undefined && { rewardModel: createRewardModel(rewardModel, post) }),
    ...(wants.webhook !== undefined &&
      secret !== undefined && { webhook: createWebhook({ url: wants.webhook.url, secret, rules: scorers }, post) }),
  });
}
