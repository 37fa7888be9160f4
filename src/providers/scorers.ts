import { z } from "zod";
import { fail, type Result, succeed } from "../core/result.ts";
import { parseRewardModels, type RewardModelConfig } from "./rewards/config.ts";
import { parseWebhookSecrets, type WebhookSecret } from "./webhooks/secrets.ts";

/** What the deployment says about scorers outside of it. */
export interface Scorers {
  readonly rewardModels: readonly RewardModelConfig[];
  readonly webhookSecrets: readonly WebhookSecret[];
  /** Origins that a tenant's address may have although they are not public: for local development. */
  readonly allowedOrigins: readonly string[];
}

export const NO_SCORERS: Scorers = { rewardModels: [], webhookSecrets: [], allowedOrigins: [] };

/** The Worker's variables, each JSON; left out where there is nothing to say. */
export interface ScorerVariables {
  readonly REWARD_MODELS?: string;
  readonly WEBHOOK_SECRETS?: string;
  readonly EGRESS_ALLOW?: string;
}

export function parseScorers(variables: ScorerVariables): Result<Scorers, string> {
  const rewardModels = parseRewardModels(variables.REWARD_MODELS || "[]");
  if (!rewardModels.ok) return rewardModels;
  const webhookSecrets = parseWebhookSecrets(variables.WEBHOOK_SECRETS || "{}");
  if (!webhookSecrets.ok) return webhookSecrets;
  const allowedOrigins = parseOrigins(variables.EGRESS_ALLOW || "[]");
  if (!allowedOrigins.ok) return allowedOrigins;
  return succeed({
    rewardModels: rewardModels.value,
    webhookSecrets: webhookSecrets.value,
    allowedOrigins: allowedOrigins.value,
  });
}

const originsSchema = z.array(
  z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text, "must be an origin"),
);

function parseOrigins(json: string): Result<readonly string[], string> {
  try {
    const parsed = originsSchema.safeParse(JSON.parse(json));
    if (parsed.success) return succeed(parsed.data);
  } catch {
    // The same fault, whatever is wrong with it.
  }
  return fail('EGRESS_ALLOW is not a JSON list of origins, such as ["http://127.0.0.1:9000"]');
}
