import { createMiddleware } from "hono/factory";
import { fail, type Result, succeed } from "../../core/result.ts";
import { mayDo, type Permission } from "../../ledger/keys/permissions.ts";
import { type AppContext, type AppEnv, respondWithError } from "../context.ts";
import type { ApiError } from "../errors.ts";
import { authenticate, type Credential, credentialOf, type Tenant } from "../keys/authenticate.ts";

/** `Authorization: Bearer <key>`, or `x-api-key` as some clients send beside or instead of it. */
export const authentication = createMiddleware<AppEnv>(async (context, next) => {
  const credential = readCredential(context);
  if (!credential.ok) return respondWithError(context, credential.error);
  const tenant = await prove(context);
  return tenant.ok ? next() : respondWithError(context, tenant.error);
});

/**
 * For a route that starts a search: its handler proves the key together with the lease that it draws, in one call
 * (`admission.ts`). Where it has answered before that, because the request is at fault, the key is proved now: nothing but
 * a 401 or a 403 leaves for whoever has none.
 */
export function provedByLease(scope: Permission) {
  return createMiddleware<AppEnv>(async (context, next) => {
    const credential = readCredential(context);
    if (!credential.ok) return respondWithError(context, credential.error);
    await next();
    const tenant = await proveFor(context, scope);
    if (tenant.ok) return undefined;
    // Else the headers of the answer that is withheld would be merged into this one.
    context.res = undefined;
    context.res = respondWithError(context, tenant.error);
    return undefined;
  });
}

/** Whose request this is. The tenant's object is asked at most once. */
export async function prove(context: AppContext): Promise<Result<Tenant, ApiError>> {
  const known = context.get("tenant") as Tenant | undefined;
  if (known !== undefined) return succeed(known);
  const tenant = await authenticate(context.env, context.get("credential"));
  if (tenant === null) return fail({ type: "invalid-key" });
  context.set("tenant", tenant);
  return succeed(tenant);
}

/** The same of whoever may also do that. */
export async function proveFor(context: AppContext, scope: Permission): Promise<Result<Tenant, ApiError>> {
  const tenant = await prove(context);
  return !tenant.ok || mayDo(tenant.value, scope) ? tenant : fail({ type: "missing-scope", scope });
}

function readCredential(context: AppContext): Result<Credential, ApiError> {
  const text = bearerOf(context);
  if (text === null) return fail({ type: "missing-key" });
  const credential = credentialOf(text);
  if (credential === null) return fail({ type: "invalid-key" });
  context.set("credential", credential);
  return succeed(credential);
}

/** What was sent as a key; null for nothing. */
export function bearerOf(context: AppContext): string | null {
  const bearer = /^Bearer\s+(\S+)\s*$/i.exec(context.req.header("authorization") ?? "")?.[1];
  return (bearer ?? context.req.header("x-api-key")) || null;
}
