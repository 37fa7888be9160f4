import type { Webhook } from "../core/webhook.ts";
import { type PostContext, postJson } from "./json-post.ts";
import type { AddressRules } from "./public-address.ts";
import type { WebhookSecret } from "./webhooks/secrets.ts";
import { signedHeaders, webhookId } from "./webhooks/signature.ts";

export interface WebhookTarget {
  readonly url: string;
  readonly secret: WebhookSecret;
  readonly rules: AddressRules;
}

/** 64 candidates with a long reason each stay far below. */
const MOST_RESPONSE_BYTES = 1_048_576;

export function createWebhook({ url, secret, rules }: WebhookTarget, context: PostContext): Webhook {
  const { host } = new URL(url);
  return {
    post: async (body, timeoutMs, signal) => {
      const id = webhookId(url, body);
      const post = {
        url,
        party: host,
        body,
        headers: {
          ...signedHeaders(id, context.clock.now(), body, secret.secrets),
          "idempotency-key": id,
          "user-agent": "Espalier-Webhook/1",
        },
        secret: null,
        headerTimeoutMs: timeoutMs,
        totalTimeoutMs: timeoutMs,
        mostResponseBytes: MOST_RESPONSE_BYTES,
        rules,
      };
      const { result, times } = await postJson(context, post, signal);
      if (times === null) return { result, attempts: [] };
      const attempt = {
        provider: "webhook",
        model: host,
        ...times,
        promptTokens: 0,
        completionTokens: 0,
        cachedTokens: 0,
        microdollars: 0,
        isEstimated: false,
        outcome: result.ok ? ("completed" as const) : result.error.type,
      };
      return { result, attempts: [attempt] };
    },
  };
}
