import { z } from "zod";
import { insertTenant } from "../../../db/tenants.ts";
import { masterKeysOf } from "../../../env.ts";
import { createOpener, type KnownProviders, type StoredProvider } from "../../../own-providers.ts";
import { type AppContext, respondWithError } from "../../context.ts";
import { administer } from "../administer.ts";
import { readBody } from "../body.ts";
import { createId, msToSeconds } from "../fields.ts";
import { askedOf, sealed } from "./change.ts";
import type { providerSchema } from "./schema.ts";

/** What it says is looked at as a whole, with what is there already. */
const anyBody = z.record(z.string(), z.unknown());

/** POST /v1/admin/providers. */
export async function createProvider(context: AppContext): Promise<Response> {
  const body = await readBody(context, anyBody);
  if (!body.ok) return respondWithError(context, body.error);
  const asked = askedOf(context, body.value, null);
  if (!asked.ok) return respondWithError(context, asked.error);
  const known = await administer(context, "provider.open", { providerId: null });
  if (!known.ok) return respondWithError(context, known.error);
  const providerId = createId("prov");
  const nowMs = Date.now();
  const made = { providerId, revision: 1, config: asked.value.config, createdAtMs: nowMs, updatedAtMs: nowMs };
  const { dataKeys } = known.value;
  const closed = await sealed(context, { provider: null, dataKeys }, providerId, asked.value);
  if (!closed.ok) return respondWithError(context, closed.error);
  const { credential, dataKey } = closed.value;
  if (dataKey !== null) await list(context);
  const created = await administer(context, "provider.create", { provider: { ...made, credential }, dataKey });
  if (!created.ok) return respondWithError(context, created.error);
  return context.json(await toWire(context, created.value, dataKey === null ? dataKeys : [...dataKeys, dataKey]));
}

/** GET /v1/admin/providers: in the order in which they are asked. */
export async function listProviders(context: AppContext): Promise<Response> {
  const known = await administer(context, "provider.list", {});
  if (!known.ok) return respondWithError(context, known.error);
  const { providers, dataKeys } = known.value;
  const data = await Promise.all(providers.map((provider) => toWire(context, provider, dataKeys)));
  return context.json({ object: "list", data });
}

/** GET /v1/admin/providers/{id}. */
export async function getProvider(context: AppContext): Promise<Response> {
  const known = await administer(context, "provider.get", { providerId: askedId(context) });
  if (!known.ok) return respondWithError(context, known.error);
  const [provider] = known.value.providers;
  if (provider === undefined) throw new Error("a provider was found and is not there");
  return context.json(await toWire(context, provider, known.value.dataKeys));
}

/** POST /v1/admin/providers/{id}: what is not named stays as it is. */
export async function updateProvider(context: AppContext): Promise<Response> {
  const body = await readBody(context, anyBody);
  if (!body.ok) return respondWithError(context, body.error);
  const providerId = askedId(context);
  const known = await administer(context, "provider.open", { providerId });
  if (!known.ok) return respondWithError(context, known.error);
  const { providers, dataKeys } = known.value;
  const [before] = providers;
  if (before === undefined) throw new Error("a provider was found and is not there");
  const asked = askedOf(context, body.value, before.config);
  if (!asked.ok) return respondWithError(context, asked.error);
  const closed = await sealed(context, { provider: before, dataKeys }, providerId, asked.value);
  if (!closed.ok) return respondWithError(context, closed.error);
  const { credential, dataKey } = closed.value;
  if (dataKey !== null) await list(context);
  const { config } = asked.value;
  const provider = { ...before, config, credential, revision: before.revision + 1, updatedAtMs: Date.now() };
  const changed = await administer(context, "provider.update", { provider, dataKey });
  if (!changed.ok) return respondWithError(context, changed.error);
  return context.json(await toWire(context, changed.value, dataKey === null ? dataKeys : [...dataKeys, dataKey]));
}

/** DELETE /v1/admin/providers/{id}: its credential goes with it. A search that runs keeps what it has begun with. */
export async function deleteProvider(context: AppContext): Promise<Response> {
  const providerId = askedId(context);
  const done = await administer(context, "provider.delete", { providerId });
  if (!done.ok) return respondWithError(context, done.error);
  return context.json({ object: "provider.deleted", id: providerId, deleted: true });
}

/** Before a tenant has its first data key: rotation goes through the list, and must not pass anybody by. */
async function list(context: AppContext): Promise<void> {
  const { id } = context.get("tenant");
  await insertTenant(context.env.DB, { id, name: id, createdAtMs: Date.now() });
}

/** Whether the credential can be opened is found out by opening it. */
async function toWire(context: AppContext, stored: StoredProvider, dataKeys: KnownProviders["dataKeys"]) {
  const { providerId, config, credential, createdAtMs, updatedAtMs } = stored;
  const open = createOpener({ tenantId: context.get("tenant").id, dataKeys }, await masterKeysOf(context.env));
  return {
    object: "provider",
    id: providerId,
    ...config,
    models: config.models.map((model) => ({ ...model })),
    credential:
      credential === null
        ? null
        : {
            last_four: credential.lastFour,
            fingerprint: credential.fingerprint,
            origin: credential.origin,
            version: credential.version,
            decryptable: (await open(stored)) !== null,
          },
    created_at: msToSeconds(createdAtMs),
    updated_at: msToSeconds(updatedAtMs),
  } satisfies z.output<typeof providerSchema>;
}

function askedId(context: AppContext): string {
  return context.req.param("id") ?? "";
}
