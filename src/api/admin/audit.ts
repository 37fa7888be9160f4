import { z } from "zod";
import { fail, type Result, succeed } from "../../core/result.ts";
import type { AuditEntry } from "../../ledger/audit/chain.ts";
import { type AppContext, respondWithError } from "../context.ts";
import type { ApiError } from "../errors.ts";
import { toPage } from "../paging.ts";
import { administer } from "./administer.ts";
import { readBody } from "./body.ts";

export const auditEntrySchema = z.object({
  object: z.literal("audit.entry"),
  id: z.string().meta({ description: "Its sequence number, from 1, as text: `after` takes it." }),
  at_ms: z.number(),
  actor: z.string().meta({ description: "A key's id, or `deployment`." }),
  action: z.string(),
  target: z.string(),
  detail: z.string().meta({ description: "JSON text, hashed as it is." }),
  previous_hash: z.string(),
  hash: z.string().meta({
    description: "SHA-256 of the JSON array [sequence, previous_hash, at_ms, actor, action, target, detail].",
  }),
});

export const auditVerifySchema = z.strictObject({
  known: z
    .strictObject({ id: z.string().regex(/^\d{1,15}$/), hash: z.string().regex(/^[0-9a-f]{64}$/) })
    .optional()
    .meta({ description: "An entry that you have kept: is it still in the log, unchanged?" }),
});

export const auditVerdictSchema = z.object({
  object: z.literal("audit.verdict"),
  intact: z.boolean(),
  entries: z.number().nullable(),
  hash: z.string().nullable().meta({ description: "Of the last entry: keep it with its number." }),
  broken_at: z.string().nullable(),
  fault: z.enum(["gap", "link", "hash", "head"]).nullable(),
});

const MOST_ENTRIES = 1000;

/** GET /v1/admin/audit: in order, those after `after`. */
export async function listAudit(context: AppContext): Promise<Response> {
  const query = parseQuery(context);
  if (!query.ok) return respondWithError(context, query.error);
  const { after, limit } = query.value;
  const listed = await administer(context, "audit.list", { after, limit: limit + 1 });
  if (!listed.ok) return respondWithError(context, listed.error);
  const entries = listed.value.map(entryToWire);
  return context.json(toPage(entries.slice(0, limit), entries.length > limit));
}

/** POST /v1/admin/audit/verify: checks the whole chain. It changes nothing, and says what was found. */
export async function verifyAudit(context: AppContext): Promise<Response> {
  const body = await readBody(context, auditVerifySchema);
  if (!body.ok) return respondWithError(context, body.error);
  const { known } = body.value;
  const input = { known: known === undefined ? null : { sequence: Number(known.id), hash: known.hash } };
  const verdict = await administer(context, "audit.verify", input);
  if (!verdict.ok) return respondWithError(context, verdict.error);
  const said = verdict.value;
  const isIntact = said.type === "intact";
  return context.json({
    object: "audit.verdict",
    intact: isIntact,
    entries: isIntact ? said.head.sequence : null,
    hash: isIntact ? said.head.hash : null,
    broken_at: isIntact ? null : String(said.sequence),
    fault: isIntact ? null : said.fault,
  } satisfies z.output<typeof auditVerdictSchema>);
}

function parseQuery(context: AppContext): Result<{ readonly after: number; readonly limit: number }, ApiError> {
  const after = Number(context.req.query("after") || 0);
  if (!Number.isSafeInteger(after) || after < 0) return invalid("after", "expected the id of an entry");
  const limit = Number(context.req.query("limit") ?? 100);
  const isLimit = Number.isSafeInteger(limit) && limit >= 1 && limit <= MOST_ENTRIES;
  return isLimit ? succeed({ after, limit }) : invalid("limit", `expected an integer from 1 to ${MOST_ENTRIES}`);
}

function invalid(param: string, reason: string): Result<never, ApiError> {
  const message = `Invalid '${param}': ${reason}.`;
  return fail({ type: "invalid-parameter", code: "invalid_value", message, param });
}

function entryToWire({ sequence, atMs, actor, action, target, detail, previousHash, hash }: AuditEntry) {
  return {
    object: "audit.entry",
    id: String(sequence),
    at_ms: atMs,
    actor,
    action,
    target,
    detail,
    previous_hash: previousHash,
    hash,
  } satisfies z.output<typeof auditEntrySchema>;
}
