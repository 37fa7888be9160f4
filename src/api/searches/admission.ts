import type { GrantedLease } from "../../../durable-objects/search-tree/protocol.ts";
import type { LeaseWish } from "../../../durable-objects/tenant/protocol.ts";
import { fail, type Result, succeed } from "../../core/result.ts";
import type { LeaseRefusal } from "../../ledger/lease.ts";
import { leaseIdOf } from "../../ledger/lease-id.ts";
import type { AppContext } from "../context.ts";
import type { ApiError } from "../errors.ts";
import { admit, callerToTenant } from "../keys/authenticate.ts";
import { rateHeaders } from "../rate-headers.ts";

/** What a search wants, whichever id it comes to have. */
export type Want = Omit<LeaseWish, "leaseId" | "spentBefore">;

/**
 * One call to the tenant's object proves the key, counts the request against its rates and grants the lease. From then on
 * the context knows the tenant, and the answer its rates.
 */
export async function drawLease(
  context: AppContext,
  want: Want,
  searchId: string,
  ownRevision: number,
): Promise<Result<GrantedLease, ApiError>> {
  const credential = context.get("credential");
  const { keyId, tenantCode } = credential;
  const wish = { ...want, leaseId: leaseIdOf(searchId, crypto.randomUUID()), spentBefore: null };
  const sentAtMs = Date.now();
  const admission = await admit(context.env, credential, wish, ownRevision);
  if (!admission.ok && admission.type === "unknown-key") return fail({ type: "invalid-key" });
  context.set("tenant", callerToTenant(admission.caller, admission.ownModels));
  if (!admission.ok && admission.type === "other-models") return fail(OTHER_MODELS);
  for (const [name, value] of Object.entries(rateHeaders(admission.rates))) context.header(name, value);
  if (!admission.ok) return fail(refusalToError(admission.refusal));
  const { lease: view } = admission;
  if (view === null) throw new Error("a lease was asked for and none came back");
  return succeed({ tenantCode, keyId, wish, view, expiresAtMs: sentAtMs + view.expiresInMs });
}

/** Told only where a tenant changes its providers faster than a request can be planned: `startSearch` plans anew. */
const OTHER_MODELS = {
  type: "conflict",
  code: "providers_changed",
  message: "Your providers were changed while this request was planned. Try again.",
  param: null,
} as const;

function refusalToError(refusal: LeaseRefusal): ApiError {
  switch (refusal.type) {
    case "invalid":
    case "lease-taken":
      throw new Error(`the ledger does not understand a lease: ${JSON.stringify(refusal)}`);
    case "key-not-live":
      return { type: "invalid-key" };
    case "not-permitted":
      return { type: "missing-scope", scope: "searches:create" };
    case "not-allowed":
    case "too-large":
    case "busy":
      return { type: "lease-refused", refusal };
  }
}

/** Gives a lease back under which nothing was sent. Where that does not arrive, it runs out unclaimed and is void. */
export function returnLease(context: AppContext, { tenantCode, wish, view }: GrantedLease): void {
  if (!view.isCounted) return;
  const returned = context.env.TENANTS.getByName(tenantCode).void(wish.leaseId);
  context.executionCtx.waitUntil(returned.then(() => {}).catch(() => {}));
}
