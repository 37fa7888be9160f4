import { z } from "zod";
import type { Webhook, WebhookEvent } from "../../../durable-objects/tenant/administration/protocol.ts";
import { fail, type Result, succeed } from "../../core/result.ts";
import { scorersOf } from "../../env.ts";
import { addressRefusal } from "../../providers/public-address.ts";
import { derivedSecret, signingKeyOf } from "../../providers/webhooks/derived-secret.ts";
import { type AppContext, respondWithError } from "../context.ts";
import type { ApiError } from "../errors.ts";
import { administer } from "./administer.ts";
import { readBody } from "./body.ts";
import { createId, msToSeconds } from "./fields.ts";

const EVENTS = [
  "budget.threshold_reached",
  "lease.uncertain",
  "search.ended",
] as const satisfies readonly WebhookEvent[];

const urlField = z.string().min(1).max(2048).meta({ description: "https on a public host." });
const eventsField = z.array(z.enum(EVENTS)).min(1).max(EVENTS.length);

export const webhookCreateSchema = z.strictObject({ url: urlField, events: eventsField });

export const webhookUpdateSchema = z.strictObject({
  url: urlField.optional(),
  events: eventsField.optional(),
  disabled: z.boolean().optional(),
});

export const webhookSchema = z.object({
  object: z.literal("webhook"),
  id: z.string(),
  url: z.string(),
  events: z.array(z.enum(EVENTS)),
  disabled: z.boolean(),
  created_at: z.number(),
});

export const newWebhookSchema = webhookSchema.extend({
  secret: z.string().meta({ description: "Standard Webhooks' `whsec_...`; shown this once." }),
});

/** POST /v1/admin/webhooks: the secret is in this answer alone. */
export async function createWebhook(context: AppContext): Promise<Response> {
  const body = await readBody(context, webhookCreateSchema);
  if (!body.ok) return respondWithError(context, body.error);
  const { url, events } = body.value;
  const refused = refusalOf(context, url);
  if (!refused.ok) return respondWithError(context, refused.error);
  const webhook = {
    webhookId: createId("wh"),
    url,
    events,
    isDisabled: false,
    revision: 1,
    overlapEndsAtMs: null,
    createdAtMs: Date.now(),
  };
  return respondWithSecret(context, () => administer(context, "webhook.create", webhook));
}

/** GET /v1/admin/webhooks. */
export async function listWebhooks(context: AppContext): Promise<Response> {
  const listed = await administer(context, "webhook.list", {});
  if (!listed.ok) return respondWithError(context, listed.error);
  return context.json({ object: "list", data: listed.value.map(webhookToWire) });
}

/** GET /v1/admin/webhooks/{id}. */
export async function getWebhook(context: AppContext): Promise<Response> {
  const known = await administer(context, "webhook.get", { webhookId: askedId(context) });
  return known.ok ? context.json(webhookToWire(known.value)) : respondWithError(context, known.error);
}

/** POST /v1/admin/webhooks/{id}. */
export async function updateWebhook(context: AppContext): Promise<Response> {
  const body = await readBody(context, webhookUpdateSchema);
  if (!body.ok) return respondWithError(context, body.error);
  const { url, events, disabled } = body.value;
  const refused = url === undefined ? succeed(null) : refusalOf(context, url);
  if (!refused.ok) return respondWithError(context, refused.error);
  const changed = await administer(context, "webhook.update", {
    webhookId: askedId(context),
    ...(url !== undefined && { url }),
    ...(events !== undefined && { events }),
    ...(disabled !== undefined && { isDisabled: disabled }),
  });
  return changed.ok ? context.json(webhookToWire(changed.value)) : respondWithError(context, changed.error);
}

/** POST /v1/admin/webhooks/{id}/rotate: a new secret; for a day both sign. */
export function rotateWebhook(context: AppContext): Promise<Response> {
  return respondWithSecret(context, () => administer(context, "webhook.rotate", { webhookId: askedId(context) }));
}

/** DELETE /v1/admin/webhooks/{id}. */
export async function deleteWebhook(context: AppContext): Promise<Response> {
  const webhookId = askedId(context);
  const done = await administer(context, "webhook.delete", { webhookId });
  if (!done.ok) return respondWithError(context, done.error);
  return context.json({ object: "webhook.deleted", id: webhookId, deleted: true });
}

/** Nothing is made that could not be signed. */
async function respondWithSecret(
  context: AppContext,
  change: () => Promise<Result<Webhook, ApiError>>,
): Promise<Response> {
  const signingKey = signingKeyOf(context.env);
  if (signingKey === null) return respondWithError(context, { type: "webhooks-not-configured" });
  const changed = await change();
  if (!changed.ok) return respondWithError(context, changed.error);
  const { webhookId, revision } = changed.value;
  const secret = derivedSecret(signingKey, context.get("tenant").id, webhookId, revision);
  return context.json({ ...webhookToWire(changed.value), secret });
}

/** Told here already, and refused again whenever something is sent. */
function refusalOf(context: AppContext, url: string): Result<null, ApiError> {
  const { allowedOrigins } = scorersOf(context.env);
  const reason = addressRefusal(url, { allowedOrigins });
  if (reason === null) return succeed(null);
  return fail({
    type: "invalid-parameter",
    code: "invalid_value",
    message: `Invalid 'url': ${reason}.`,
    param: "url",
  });
}

function webhookToWire({ webhookId, url, events, isDisabled, createdAtMs }: Webhook) {
  return {
    object: "webhook",
    id: webhookId,
    url,
    events: [...events],
    disabled: isDisabled,
    created_at: msToSeconds(createdAtMs),
  } satisfies z.output<typeof webhookSchema>;
}

function askedId(context: AppContext): string {
  return context.req.param("id") ?? "";
}
