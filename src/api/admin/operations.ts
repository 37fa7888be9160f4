import { USAGE_DIMENSIONS } from "../../db/usage.ts";
import type { ErrorName } from "../openapi/errors.ts";
import type { Operation } from "../openapi/operations.ts";

const json = (schema: string) => ({ "application/json": schema });
const text = { type: "string" };
const page = {
  limit: { type: "integer", minimum: 1, maximum: 100, default: 20 },
  order: { enum: ["asc", "desc"], default: "asc" },
  after: text,
};
const BODY: readonly ErrorName[] = ["body-too-large", "invalid-json", "unsupported-body", "invalid-parameter"];
const NOT_FOUND: readonly ErrorName[] = ["thing-not-found"];
const DEPLOYMENT = "With the deployment's own credential, which administers nothing else.";

/** What the admin routes are for, by method and path. */
export const ADMIN_OPERATIONS: Readonly<Record<string, Operation>> = {
  "POST /admin/tenants": {
    summary: "Create a tenant and its first management key",
    description: DEPLOYMENT,
    body: "TenantCreate",
    answer: json("NewTenant"),
    errors: [...BODY, "conflict"],
  },
  "GET /admin/tenants": {
    summary: "List all tenants",
    description: `${DEPLOYMENT} By id.`,
    query: { limit: page.limit, after: text },
    answer: json("TenantList"),
    errors: ["invalid-parameter"],
  },
  "GET /admin/tenants/{id}": {
    summary: "Get any tenant",
    description: DEPLOYMENT,
    answer: json("Tenant"),
    errors: NOT_FOUND,
  },
  "POST /admin/tenants/{id}/keys": {
    summary: "Create a management key of any tenant",
    description: `${DEPLOYMENT} For who has lost the last one.`,
    body: "FirstKeyCreate",
    answer: json("NewKey"),
    errors: [...BODY, ...NOT_FOUND],
  },
  "GET /admin/tenant": { summary: "Get your tenant", answer: json("Tenant"), errors: [] },
  "POST /admin/tenant": {
    summary: "Rename your tenant",
    body: "TenantUpdate",
    answer: json("Tenant"),
    errors: BODY,
  },
  "POST /admin/projects": {
    summary: "Create a project",
    body: "ProjectCreate",
    answer: json("Project"),
    errors: [...BODY, "conflict"],
  },
  "GET /admin/projects": {
    summary: "List projects",
    query: page,
    answer: json("ProjectList"),
    errors: ["invalid-parameter"],
  },
  "GET /admin/projects/{id}": { summary: "Get a project", answer: json("Project"), errors: NOT_FOUND },
  "POST /admin/projects/{id}": {
    summary: "Rename a project",
    body: "ProjectUpdate",
    answer: json("Project"),
    errors: [...BODY, ...NOT_FOUND],
  },
  "DELETE /admin/projects/{id}": {
    summary: "Archive a project",
    description: "Revokes all of its keys at once, for good. Its usage stays.",
    answer: json("Project"),
    errors: NOT_FOUND,
  },
  "POST /admin/keys": {
    summary: "Create a key",
    description:
      "Its text is in this answer, and never again anywhere. No key is wider than its creator: in scopes, project, allow-lists and life. A management key may hold scopes of inference, to hand them on, and cannot use them; a test key costs nothing and may use only what is free.",
    body: "KeyCreate",
    answer: json("NewKey"),
    errors: [...BODY, "too-wide", "conflict", ...NOT_FOUND],
  },
  "GET /admin/keys": {
    summary: "List keys",
    query: { ...page, project_id: text },
    answer: json("KeyList"),
    errors: ["invalid-parameter"],
  },
  "GET /admin/keys/{id}": { summary: "Get a key", answer: json("Key"), errors: NOT_FOUND },
  "POST /admin/keys/{id}": {
    summary: "Change or disable a key",
    description: "What is not named stays as it is. Your own key's width bounds it as it bounds a new one.",
    body: "KeyUpdate",
    answer: json("Key"),
    errors: [...BODY, "too-wide", "conflict", ...NOT_FOUND],
  },
  "POST /admin/keys/{id}/rotate": {
    summary: "Rotate a key",
    description: "Answers with its successor, as wide and as long-lived; the old key works until its grace is over.",
    body: "KeyRotate",
    answer: json("NewKey"),
    errors: [...BODY, "too-wide", "conflict", ...NOT_FOUND],
  },
  "POST /admin/keys/{id}/revoke": {
    summary: "Revoke a key",
    description: "At once and for good. Searches that run under it stop spending within ten seconds.",
    answer: json("Key"),
    errors: ["too-wide", ...NOT_FOUND],
  },
  "DELETE /admin/keys/{id}": {
    summary: "Revoke a key",
    description: "The same as its `revoke`: the key's row stays, for usage and the audit log.",
    answer: json("Key"),
    errors: ["too-wide", ...NOT_FOUND],
  },
  "POST /admin/budgets": {
    summary: "Create a budget",
    description:
      "Money per calendar or rolling window, or for ever, of the tenant, a project, a key or an end user. A scope may have several; a search needs room in all budgets of its tenant, project, key and end user.",
    body: "BudgetCreate",
    answer: json("Budget"),
    errors: [...BODY, "conflict", ...NOT_FOUND],
  },
  "GET /admin/budgets": {
    summary: "List budgets",
    description: "With what is posted, reserved and free in each.",
    query: { ...page, scope: text },
    answer: json("BudgetList"),
    errors: ["invalid-parameter", ...NOT_FOUND],
  },
  "GET /admin/budgets/{id}": { summary: "Get a budget", answer: json("Budget"), errors: NOT_FOUND },
  "POST /admin/budgets/{id}": {
    summary: "Raise or lower a budget, or change its thresholds",
    description: "A lowered budget ends no search: it binds what comes next.",
    body: "BudgetUpdate",
    answer: json("Budget"),
    errors: [...BODY, ...NOT_FOUND],
  },
  "DELETE /admin/budgets/{id}": { summary: "Delete a budget", answer: json("Deleted"), errors: NOT_FOUND },
  "POST /admin/budgets/{id}/top_ups": {
    summary: "Top up a budget",
    description: "Money that is spent once, after the window's own; with an `id`, adding it again adds nothing.",
    body: "TopUp",
    answer: json("Budget"),
    errors: [...BODY, "conflict", ...NOT_FOUND],
  },
  "GET /admin/limits": { summary: "List the limits of all scopes", answer: json("LimitsList"), errors: [] },
  "GET /admin/limits/{scope}": {
    summary: "Get the limits of a scope",
    description: "`tenant`, `project:ID`, `key:ID` or `user:NAME`.",
    answer: json("Limits"),
    errors: NOT_FOUND,
  },
  "POST /admin/limits/{scope}": {
    summary: "Set limits of a scope",
    description: "What is not named stays as it is, null takes a limit away. Admission changes at once.",
    body: "LimitsUpdate",
    answer: json("Limits"),
    errors: [...BODY, ...NOT_FOUND],
  },
  "DELETE /admin/limits/{scope}": {
    summary: "Clear the limits of a scope",
    answer: json("Deleted"),
    errors: NOT_FOUND,
  },
  "POST /admin/prices": {
    summary: "Create a price of a model",
    description:
      "By which usage says what was charged, from a moment on. Budgets count what the providers bill, by the deployment's own prices.",
    body: "PriceCreate",
    answer: json("Price"),
    errors: [...BODY, "conflict"],
  },
  "GET /admin/prices": {
    summary: "List prices",
    description: "By model, then by time.",
    query: page,
    answer: json("PriceList"),
    errors: ["invalid-parameter"],
  },
  "DELETE /admin/prices/{id}": {
    summary: "Delete a price that has not begun",
    answer: json("Deleted"),
    errors: ["conflict", ...NOT_FOUND],
  },
  "GET /admin/usage": {
    summary: "Get usage by day, project, key, model and method",
    description:
      "Of ended searches that began in [`from`, `to`), the last 30 days where nothing is said. `format=csv`, or `Accept: text/csv`, is CSV, whose next page is in `x-next`.",
    query: {
      group_by: { ...text, default: "day", description: `Some of ${USAGE_DIMENSIONS.join(", ")}, with commas.` },
      from: { type: "integer", minimum: 0 },
      to: { type: "integer", minimum: 0 },
      ...Object.fromEntries(USAGE_DIMENSIONS.map((one) => [one, text])),
      limit: { type: "integer", minimum: 1, maximum: 1000, default: 100 },
      after: text,
      format: { enum: ["json", "csv"], default: "json" },
    },
    answer: { ...json("UsageList"), "text/csv": null },
    errors: ["invalid-parameter"],
  },
  "GET /admin/audit": {
    summary: "List the audit log",
    description: "Every change by an administrator, in order, exactly one entry each.",
    query: { after: text, limit: { type: "integer", minimum: 1, maximum: 1000, default: 100 } },
    answer: json("AuditList"),
    errors: ["invalid-parameter"],
  },
  "POST /admin/audit/verify": {
    summary: "Verify the audit log",
    description: "The whole hash chain; with an entry that you have kept, also that nobody made the log anew.",
    body: "AuditVerify",
    answer: json("AuditVerdict"),
    errors: BODY,
  },
  "POST /admin/webhooks": {
    summary: "Create a webhook",
    description:
      "Events are posted as JSON with Standard Webhooks' headers, at least once: `webhook-id` is the event's id. Whatever is no 2xx within ten seconds is repeated for three days.",
    body: "WebhookCreate",
    answer: json("NewWebhook"),
    errors: [...BODY, "conflict", "webhooks-not-configured"],
  },
  "GET /admin/webhooks": { summary: "List webhooks", answer: json("WebhookList"), errors: [] },
  "GET /admin/webhooks/{id}": { summary: "Get a webhook", answer: json("Webhook"), errors: NOT_FOUND },
  "POST /admin/webhooks/{id}": {
    summary: "Change or disable a webhook",
    body: "WebhookUpdate",
    answer: json("Webhook"),
    errors: [...BODY, ...NOT_FOUND],
  },
  "POST /admin/webhooks/{id}/rotate": {
    summary: "Give a webhook a new secret",
    description: "For a day the old one signs as well.",
    answer: json("NewWebhook"),
    errors: ["webhooks-not-configured", ...NOT_FOUND],
  },
  "DELETE /admin/webhooks/{id}": { summary: "Delete a webhook", answer: json("Deleted"), errors: NOT_FOUND },
  "POST /admin/providers": {
    summary: "Bring a provider of your own",
    description:
      "Written as the deployment's own are. Its models serve your searches and nobody else's, and before the deployment's of the same id. The key is kept sealed, bound to the origin of the base URL, and is in no answer.",
    body: "ProviderCreate",
    answer: json("Provider"),
    errors: [...BODY, "conflict", "credentials-not-configured"],
  },
  "GET /admin/providers": {
    summary: "List your providers",
    description: "In the order in which they are asked.",
    answer: json("ProviderList"),
    errors: [],
  },
  "GET /admin/providers/{id}": { summary: "Get a provider", answer: json("Provider"), errors: NOT_FOUND },
  "POST /admin/providers/{id}": {
    summary: "Change a provider, or its key",
    description: "What is not named stays as it is. A base URL of another origin needs the key once more.",
    body: "ProviderUpdate",
    answer: json("Provider"),
    errors: [...BODY, ...NOT_FOUND, "conflict", "credentials-not-configured"],
  },
  "DELETE /admin/providers/{id}": {
    summary: "Delete a provider and its key",
    description: "A search that runs goes on with what it has begun with.",
    answer: json("Deleted"),
    errors: NOT_FOUND,
  },
  "POST /admin/providers/{id}/test": {
    summary: "Ask a provider, once",
    description: "One real call of sixteen tokens, as a search makes it; whatever comes of it is the answer.",
    body: "ProviderTest",
    answer: json("ProviderTestAnswer"),
    errors: [...BODY, ...NOT_FOUND, "model-not-found"],
  },
  "GET /admin/credential_keys": {
    summary: "See which master keys are needed",
    description: `${DEPLOYMENT} Opens every tenant's data keys: for after a deploy, and before a master key is taken away.`,
    query: { after: text },
    answer: json("CredentialKeys"),
    errors: ["credentials-not-configured"],
  },
  "POST /admin/credential_keys/rotate": {
    summary: "Seal all data keys with the current master key",
    description: `${DEPLOYMENT} May be cut off and repeated at any time; the earlier key is needed until \`remaining\` is 0.`,
    body: "KeyRotation",
    answer: json("CredentialKeys"),
    errors: [...BODY, "credentials-not-configured"],
  },
};
