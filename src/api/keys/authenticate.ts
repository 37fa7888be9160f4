import type { Admission, Caller, LeaseWish } from "../../../durable-objects/tenant/protocol.ts";
import type { Env } from "../../env.ts";
import { tenantCodeOfKey } from "../../ledger/keys/tenant-code.ts";
import { digestOf, parseKey } from "./format.ts";

/**
 * Asks the key's own tenant: is it a live key, and may it have that lease? One call for both, and no look-up before it,
 * since the key names its tenant. Null for what cannot be a key at all. The secret stays here, its digest is compared there.
 */
export async function admit(env: Env, text: string, lease: LeaseWish | null): Promise<Admission | null> {
  const key = parseKey(text);
  if (key === null) return null;
  const tenant = env.TENANTS.getByName(tenantCodeOfKey(key.publicId));
  return tenant.admit({ keyId: key.publicId, digest: await digestOf(text), ...(lease !== null && { lease }) });
}

/** A tenant, as whoever holds one of its keys. */
export interface Tenant extends Omit<Caller, "tenantId"> {
  readonly id: string;
}

/** Whose key this is; null for anything but a live key. */
export async function authenticate(env: Env, text: string): Promise<Tenant | null> {
  const admission = await admit(env, text, null);
  return admission?.ok === true ? callerToTenant(admission.caller) : null;
}

export function callerToTenant({ tenantId, ...caller }: Caller): Tenant {
  return { id: tenantId, ...caller };
}
