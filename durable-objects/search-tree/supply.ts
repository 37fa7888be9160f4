import { type Env, masterKeysOf, scorersOf, supplyOf } from "../../src/env.ts";
import { tenantCodeOf } from "../../src/ledger/keys/tenant-code.ts";
import { askedProviders, type SealedProviders, type Supply, withOwn } from "../../src/own-providers.ts";

/**
 * Whom a tenant's search may ask. What comes from the tenant's object is sealed, and stays in memory; the master keys are
 * the deployment's, and meet it here alone.
 */
export async function openSupply(env: Env, tenantId: string, ownRevision: number): Promise<Supply> {
  const supply = supplyOf(env);
  if (ownRevision === 0) return supply;
  const json = await env.TENANTS.getByName(tenantCodeOf(tenantId)).ownProviders();
  const sealed = JSON.parse(json) as SealedProviders;
  const { allowedOrigins } = scorersOf(env);
  return withOwn(supply, askedProviders(sealed, await masterKeysOf(env), { allowedOrigins }));
}
