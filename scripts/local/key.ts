import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { createKey, digestOf, type PlatformKey, parseKey } from "../../src/api/keys/format.ts";
import { tenantCodeOf, tenantCodeOfKey } from "../../src/ledger/keys/tenant-code.ts";

export const LOCAL_TENANT = "local";

/** The local key: minted once and kept in a file that only its owner can read. The database knows its digest alone. */
export function keepKey(file: string): PlatformKey {
  const kept = existsSync(file) ? parseKey(readFileSync(file, "utf8").trim()) : null;
  // One that was minted before keys named their tenant is no key any more.
  if (kept !== null && tenantCodeOfKey(kept.publicId) === tenantCodeOf(LOCAL_TENANT)) return kept;
  const key = createKey((length) => crypto.getRandomValues(new Uint8Array(length)), "dev", LOCAL_TENANT);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${key.text}\n`, { mode: 0o600 });
  return key;
}

/**
 * SQL that makes a key known to D1, from where the tenant's object takes it over; harmless when repeated. Holds base62 and
 * hexadecimal text only.
 */
export async function statementForKey(key: PlatformKey): Promise<string> {
  const digest = await digestOf(key.text);
  return `INSERT INTO api_keys (public_id, digest, tenant_id, created_at_ms) VALUES ('${key.publicId}', '${digest}', '${LOCAL_TENANT}', ${Date.now()}) ON CONFLICT DO NOTHING`;
}
