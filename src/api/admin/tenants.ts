import { z } from "zod";
import type { Tenancy } from "../../../durable-objects/tenant/administration/protocol.ts";
import { insertTenant, listTenants, renameTenant } from "../../db/tenants.ts";
import { PERMISSIONS } from "../../ledger/keys/permissions.ts";
import { type AppContext, respondWithError } from "../context.ts";
import { parsePageQuery, toPage } from "../paging.ts";
import { administer, administerAsDeployment } from "./administer.ts";
import { readBody } from "./body.ts";
import { createId, idField, msToSeconds, nameField } from "./fields.ts";
import { keyToWire, mint, newKeySchema } from "./keys.ts";
import { retentionChangeSchema, retentionSchema, retentionToWire, wireToRetention } from "./retention.ts";

export const tenantCreateSchema = z.strictObject({ id: idField.optional(), name: nameField });
/** What is left out stays as it is. */
export const tenantUpdateSchema = z.strictObject({
  name: nameField.optional(),
  retention: retentionChangeSchema.optional(),
});
export const firstKeySchema = z.strictObject({ name: nameField.default("operator") });

export const tenantSchema = z.object({
  object: z.literal("tenant"),
  id: z.string(),
  name: z.string(),
  created_at: z.number(),
  retention: retentionSchema,
});

export const newTenantSchema = tenantSchema.extend({
  management_key: newKeySchema.meta({ description: "The tenant's first key; its text is shown this once." }),
});

/** POST /v1/admin/tenants, with the deployment's credential: a tenant and its first management key. */
export async function createTenant(context: AppContext): Promise<Response> {
  const body = await readBody(context, tenantCreateSchema);
  if (!body.ok) return respondWithError(context, body.error);
  const { id = createId("tenant"), name } = body.value;
  const tenancy = { tenantId: id, name, createdAtMs: Date.now() };
  const created = await administerAsDeployment(context, id, "tenant.create", tenancy);
  if (!created.ok) return respondWithError(context, created.error);
  await insertTenant(context.env.DB, { id, name, createdAtMs: tenancy.createdAtMs });
  return respondWithFirstKey(context, id, "operator", (key) => ({ ...tenantToWire(tenancy), management_key: key }));
}

/** POST /v1/admin/tenants/{id}/keys, with the deployment's credential: for who has lost the last management key. */
export async function createFirstKey(context: AppContext): Promise<Response> {
  const body = await readBody(context, firstKeySchema);
  if (!body.ok) return respondWithError(context, body.error);
  return respondWithFirstKey(context, askedId(context), body.value.name, (key) => key);
}

/** GET /v1/admin/tenants, with the deployment's credential: by id. */
export async function listAllTenants(context: AppContext): Promise<Response> {
  const query = parsePageQuery((name) => context.req.query(name), "asc");
  if (!query.ok) return respondWithError(context, query.error);
  const { after, limit } = query.value;
  const rows = await listTenants(context.env.DB, after ?? "", limit + 1);
  const tenants = rows.map(({ id, name, createdAtMs }) => tenantToWire({ tenantId: id, name, createdAtMs }));
  return context.json(toPage(tenants.slice(0, limit), tenants.length > limit));
}

/** GET /v1/admin/tenants/{id}, with the deployment's credential. */
export async function getAnyTenant(context: AppContext): Promise<Response> {
  const tenancy = await administerAsDeployment(context, askedId(context), "tenant.get", {});
  return tenancy.ok ? context.json(tenantToWire(tenancy.value)) : respondWithError(context, tenancy.error);
}

/** GET /v1/admin/tenant: the key's own. */
export async function getTenant(context: AppContext): Promise<Response> {
  const tenancy = await administer(context, "tenant.get", {});
  return tenancy.ok ? context.json(tenantToWire(tenancy.value)) : respondWithError(context, tenancy.error);
}

/** POST /v1/admin/tenant: its name, and how long its searches are kept. */
export async function updateTenant(context: AppContext): Promise<Response> {
  const body = await readBody(context, tenantUpdateSchema);
  if (!body.ok) return respondWithError(context, body.error);
  const { name, retention } = body.value;
  const change = {
    ...(name !== undefined && { name }),
    ...(retention !== undefined && { retention: wireToRetention(retention) }),
  };
  const changed = await administer(context, "tenant.update", change);
  if (!changed.ok) return respondWithError(context, changed.error);
  if (name !== undefined) await renameTenant(context.env.DB, changed.value.tenantId, name);
  return context.json(tenantToWire(changed.value));
}

/** May do all that a management key can, and hand on all that any key can. */
async function respondWithFirstKey(
  context: AppContext,
  tenantId: string,
  name: string,
  toAnswer: (key: z.output<typeof newKeySchema>) => object,
): Promise<Response> {
  const { text, row } = await mint(context, "management", tenantId);
  const { keyId, digest, lastFour } = row;
  const key = {
    keyId,
    kind: "management",
    projectId: null,
    permissions: PERMISSIONS,
    allowed: {},
    expiresAtMs: null,
  } as const;
  const made = await administerAsDeployment(context, tenantId, "key.create", { key, name, digest, lastFour });
  if (!made.ok) return respondWithError(context, made.error);
  return context.json(toAnswer({ ...keyToWire(made.value, Date.now()), key: text }));
}

function tenantToWire({ tenantId, name, createdAtMs, retention }: Tenancy) {
  return {
    object: "tenant",
    id: tenantId,
    name,
    created_at: msToSeconds(createdAtMs),
    retention: retentionToWire(retention),
  } satisfies z.output<typeof tenantSchema>;
}

function askedId(context: AppContext): string {
  return context.req.param("id") ?? "";
}
