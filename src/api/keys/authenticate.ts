import type { Admission, Caller, LeaseWish } from "../../../durable-objects/tenant/protocol.ts";
import type { Env } from "../../env.ts";
import { tenantCodeOfKey } from "../../ledger/keys/tenant-code.ts";
import type { OwnModels } from "../../own-providers.ts";
import { digestOf, parseKey } from "./format.ts";

/** What was sent as a key, and could be one. */
export interface Credential {
  readonly keyId: string;
  /** The key names its tenant: name of the tenant's object. */
  readonly tenantCode: string;
  /** The whole key. */
  readonly text: string;
}

/** Null for what cannot be a key at all. */
export function credentialOf(text: string): Credential | null {
  const key = parseKey(text);
  return key === null ? null : { keyId: key.publicId, tenantCode: tenantCodeOfKey(key.publicId), text };
}

/**
 * Asks the key's own tenant: is it a live key, and may it have that lease? One call for both, and no look-up before it.
 * The secret stays here, its digest is compared there.
 */
export async function admit(
  env: Env,
  credential: Credential,
  lease: LeaseWish | null,
  ownRevision = 0,
): Promise<Admission> {
  const { keyId, tenantCode, text } = credential;
  const digest = await digestOf(text);
  return env.TENANTS.getByName(tenantCode).admit({ keyId, digest, ownRevision, ...(lease !== null && { lease }) });
}

/** A tenant, as whoever holds one of its keys. */
export interface Tenant extends Omit<Caller, "tenantId"> {
  readonly id: string;
  /** What it has brought itself. */
  readonly ownModels: OwnModels;
}

/** Whose key this is; null for anything but a live key. */
export async function authenticate(env: Env, credential: Credential): Promise<Tenant | null> {
  const admission = await admit(env, credential, null);
  return admission.ok ? callerToTenant(admission.caller, admission.ownModels) : null;
}

export function callerToTenant({ tenantId, ...caller }: Caller, ownModels: OwnModels): Tenant {
  return { id: tenantId, ...caller, ownModels };
}
