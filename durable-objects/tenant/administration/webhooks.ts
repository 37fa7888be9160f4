import { fail, succeed } from "../../../src/core/result.ts";
import type { Desk, Outcome, Written } from "./operation.ts";
import type { Input, Webhook } from "./protocol.ts";

const MOST_WEBHOOKS = 20;
/** For as long the receiver may still know only the secret before. */
const OVERLAP_MS = 24 * 3_600_000;

export function createWebhook(desk: Desk, webhook: Input<"webhook.create">): Outcome<Written<Webhook>> {
  if (desk.webhooks.all().length >= MOST_WEBHOOKS) {
    return fail({ type: "conflict", code: "too_many_webhooks", message: `A tenant has at most ${MOST_WEBHOOKS}.` });
  }
  return put(desk, webhook, { url: webhook.url, events: webhook.events });
}

export function listWebhooks({ webhooks }: Desk): Outcome<readonly Webhook[]> {
  return succeed(webhooks.all());
}

export function getWebhook({ webhooks }: Desk, { webhookId }: Input<"webhook.get">): Outcome<Webhook> {
  const webhook = webhooks.get(webhookId);
  return webhook === null ? fail({ type: "not-found", thing: "webhook", id: webhookId }) : succeed(webhook);
}

export function updateWebhook(desk: Desk, input: Input<"webhook.update">): Outcome<Written<Webhook>> {
  const { webhookId, ...change } = input;
  const known = getWebhook(desk, { webhookId });
  return known.ok ? put(desk, { ...known.value, ...change }, change) : known;
}

export function rotateWebhook(desk: Desk, input: Input<"webhook.rotate">): Outcome<Written<Webhook>> {
  const known = getWebhook(desk, input);
  if (!known.ok) return known;
  const revision = known.value.revision + 1;
  return put(desk, { ...known.value, revision, overlapEndsAtMs: desk.nowMs + OVERLAP_MS }, { revision });
}

/** What was to be delivered to it is not. */
export function deleteWebhook(desk: Desk, input: Input<"webhook.delete">): Outcome<Written<null>> {
  const known = getWebhook(desk, input);
  if (!known.ok) return known;
  const { webhookId, url } = known.value;
  desk.webhooks.delete(webhookId);
  return succeed({ output: null, target: webhookId, detail: { url } });
}

function put({ webhooks }: Desk, webhook: Webhook, detail: object): Outcome<Written<Webhook>> {
  webhooks.put(webhook.webhookId, webhook);
  return succeed({ output: webhook, target: webhook.webhookId, detail });
}
