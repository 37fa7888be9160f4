import { z } from "zod";
import type { KnownKey, MintedKey } from "../../../durable-objects/tenant/administration/protocol.ts";
import { type Key, type KeyKind, keyStatus } from "../../ledger/keys/key.ts";
import { PERMISSIONS } from "../../ledger/keys/permissions.ts";
import { type AppContext, respondWithError } from "../context.ts";
import { createKey, digestOf } from "../keys/format.ts";
import { pageOf, parsePageQuery } from "../paging.ts";
import { administer } from "./administer.ts";
import { readBody } from "./body.ts";
import { msToSeconds, msToSecondsOrNull, nameField, randomBytes, secondsField, secondsToMs } from "./fields.ts";

export const allowedSchema = z
  .strictObject({
    models: z.array(z.string().min(1).max(200)).max(1000).optional(),
    methods: z.array(z.string().min(1).max(200)).max(1000).optional(),
    verifiers: z.array(z.string().min(1).max(200)).max(1000).optional(),
    origins: z.array(z.string().min(1).max(300)).max(1000).optional(),
  })
  .meta({ description: "What may be used. An absent list allows everything, an empty one nothing." });

const scopesSchema = z.array(z.enum(PERMISSIONS)).max(PERMISSIONS.length);

export const keyCreateSchema = z.strictObject({
  name: nameField,
  kind: z.enum(["inference", "management", "test"]).default("inference"),
  project_id: z.string().min(1).max(64).nullable().default(null),
  scopes: scopesSchema
    .optional()
    .meta({ description: "Left out: `searches:create` and `searches:read`. A management key must be told its own." }),
  allowed: allowedSchema.default({}),
  expires_at: secondsField.nullable().default(null),
});

export const keyUpdateSchema = z.strictObject({
  name: nameField.optional(),
  scopes: scopesSchema.optional(),
  allowed: allowedSchema.optional(),
  expires_at: secondsField.nullable().optional(),
  disabled: z.boolean().optional(),
});

export const keyRotateSchema = z.strictObject({
  grace_seconds: z
    .number()
    .int()
    .min(0)
    .max(30 * 86_400)
    .default(86_400)
    .meta({ description: "For so long the old key still works; 0 ends it at once." }),
});

export const keySchema = z.object({
  object: z.literal("api_key"),
  id: z.string(),
  name: z.string(),
  kind: z.enum(["inference", "management", "test"]),
  status: z.enum(["active", "disabled", "expired", "rotated", "superseded", "revoked"]),
  project_id: z.string().nullable(),
  scopes: z.array(z.string()),
  allowed: allowedSchema,
  last_four: z.string().nullable(),
  created_at: z.number().nullable(),
  created_by: z.string().nullable(),
  expires_at: z.number().nullable(),
  revoked_at: z.number().nullable(),
  successor_id: z.string().nullable(),
  grace_ends_at: z.number().nullable(),
});

export const newKeySchema = keySchema.extend({ key: z.string().meta({ description: "Shown this once." }) });

/** POST /v1/admin/keys: the whole key is in this answer, and never again anywhere. */
export async function createAdminKey(context: AppContext): Promise<Response> {
  const body = await readBody(context, keyCreateSchema);
  if (!body.ok) return respondWithError(context, body.error);
  const { name, kind, project_id: projectId, scopes, allowed, expires_at } = body.value;
  if (kind === "management" && scopes === undefined) {
    const message = "Missing required parameter: 'scopes'.";
    const error = { type: "invalid-parameter", code: "missing_required_parameter", message, param: "scopes" } as const;
    return respondWithError(context, error);
  }
  const made = await mint(context, kind, context.get("tenant").id);
  const expiresAtMs = expires_at === null ? null : secondsToMs(expires_at);
  const permissions = scopes ?? INFERENCE_SCOPES;
  const { keyId, digest, lastFour } = made.row;
  const key = { keyId, kind, projectId, permissions, allowed: defined(allowed), expiresAtMs };
  const created = await administer(context, "key.create", { key, name, digest, lastFour });
  if (!created.ok) return respondWithError(context, created.error);
  return context.json({ ...keyToWire(created.value, Date.now()), key: made.text });
}

const INFERENCE_SCOPES = ["searches:create", "searches:read"] as const;

/** GET /v1/admin/keys. */
export async function listAdminKeys(context: AppContext): Promise<Response> {
  const query = parsePageQuery((name) => context.req.query(name), "asc");
  if (!query.ok) return respondWithError(context, query.error);
  const listed = await administer(context, "key.list", { projectId: context.req.query("project_id") ?? null });
  if (!listed.ok) return respondWithError(context, listed.error);
  const nowMs = Date.now();
  const page = pageOf(
    listed.value.map((one) => keyToWire(one, nowMs)),
    query.value,
  );
  return page.ok ? context.json(page.value) : respondWithError(context, page.error);
}

/** GET /v1/admin/keys/{id}. */
export async function getAdminKey(context: AppContext): Promise<Response> {
  const known = await administer(context, "key.get", { keyId: askedId(context) });
  return known.ok ? context.json(keyToWire(known.value, Date.now())) : respondWithError(context, known.error);
}

/** POST /v1/admin/keys/{id}: what is not named stays as it is. */
export async function updateAdminKey(context: AppContext): Promise<Response> {
  const body = await readBody(context, keyUpdateSchema);
  if (!body.ok) return respondWithError(context, body.error);
  const { name, scopes, allowed, expires_at, disabled } = body.value;
  const edit = {
    ...(scopes !== undefined && { permissions: scopes }),
    ...(allowed !== undefined && { allowed: defined(allowed) }),
    ...(expires_at !== undefined && { expiresAtMs: expires_at === null ? null : secondsToMs(expires_at) }),
    ...(disabled !== undefined && { isDisabled: disabled }),
  };
  const input = { keyId: askedId(context), edit, ...(name !== undefined && { name }) };
  const changed = await administer(context, "key.update", input);
  return changed.ok ? context.json(keyToWire(changed.value, Date.now())) : respondWithError(context, changed.error);
}

/** POST /v1/admin/keys/{id}/rotate: answers with the successor, whole this once. */
export async function rotateAdminKey(context: AppContext): Promise<Response> {
  const body = await readBody(context, keyRotateSchema);
  if (!body.ok) return respondWithError(context, body.error);
  const tenantId = context.get("tenant").id;
  const minted = {
    inference: await mint(context, "inference", tenantId),
    management: await mint(context, "management", tenantId),
    test: await mint(context, "test", tenantId),
  };
  const rotated = await administer(context, "key.rotate", {
    keyId: askedId(context),
    successors: { inference: minted.inference.row, management: minted.management.row, test: minted.test.row },
    graceMs: secondsToMs(body.value.grace_seconds),
  });
  if (!rotated.ok) return respondWithError(context, rotated.error);
  const { successor } = rotated.value;
  return context.json({ ...keyToWire(successor, Date.now()), key: minted[successor.key.kind].text });
}

/** POST /v1/admin/keys/{id}/revoke, and DELETE /v1/admin/keys/{id}: at once and for good; its row stays. */
export async function revokeAdminKey(context: AppContext): Promise<Response> {
  const revoked = await administer(context, "key.revoke", { keyId: askedId(context) });
  return revoked.ok ? context.json(keyToWire(revoked.value, Date.now())) : respondWithError(context, revoked.error);
}

interface Minted {
  readonly text: string;
  /** What is kept of it. */
  readonly row: MintedKey;
}

/** Its kind is in its prefix, for people and for scanners; what it may do is not read from there. */
export async function mint(context: AppContext, kind: KeyKind, tenantId: string): Promise<Minted> {
  const { publicId, text } = createKey(randomBytes, context.env.ENVIRONMENT + KIND_SUFFIXES[kind], tenantId);
  return { text, row: { keyId: publicId, digest: await digestOf(text), lastFour: text.slice(-4) } };
}

const KIND_SUFFIXES: Readonly<Record<KeyKind, string>> = { inference: "", management: "mgmt", test: "test" };

export function keyToWire({ key, name, createdAtMs, lastFour }: KnownKey, nowMs: number): z.output<typeof keySchema> {
  return {
    object: "api_key",
    id: key.keyId,
    name,
    kind: key.kind,
    status: keyStatus(key, nowMs),
    project_id: key.projectId,
    scopes: [...key.permissions],
    allowed: allowedToWire(key),
    last_four: lastFour,
    created_at: msToSecondsOrNull(createdAtMs),
    created_by: key.createdBy,
    expires_at: msToSecondsOrNull(key.expiresAtMs),
    revoked_at: msToSecondsOrNull(key.revokedAtMs),
    successor_id: key.rotation?.successorId ?? null,
    grace_ends_at: key.rotation === null ? null : msToSeconds(key.rotation.graceEndsAtMs),
  };
}

export function allowedToWire({ allowed }: Pick<Key, "allowed">): z.output<typeof allowedSchema> {
  return JSON.parse(JSON.stringify(allowed)) as z.output<typeof allowedSchema>;
}

/** Without the lists that are not named: absent and undefined are two things to the ledger. */
export function defined(allowed: z.output<typeof allowedSchema>): Key["allowed"] {
  const { models, methods, verifiers, origins } = allowed;
  return {
    ...(models !== undefined && { models }),
    ...(methods !== undefined && { methods }),
    ...(verifiers !== undefined && { verifiers }),
    ...(origins !== undefined && { origins }),
  };
}

function askedId(context: AppContext): string {
  return context.req.param("id") ?? "";
}
