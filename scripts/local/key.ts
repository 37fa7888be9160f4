import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { createDeploymentKey } from "../../src/api/keys/deployment-key.ts";
import { createKey, digestOf, type PlatformKey, parseKey } from "../../src/api/keys/format.ts";
import { tenantCodeOf, tenantCodeOfKey } from "../../src/ledger/keys/tenant-code.ts";

export const LOCAL_TENANT = "local";

/** The local key: minted once and kept in a file that only its owner can read. The database knows its digest alone. */
export function keepKey(file: string): PlatformKey {
  const kept = existsSync(file) ? parseKey(readFileSync(file, "utf8").trim()) : null;
  // One that was minted before keys named their tenant is no key any more.
  if (kept !== null && tenantCodeOfKey(kept.publicId) === tenantCodeOf(LOCAL_TENANT)) return kept;
  const key = createKey((length) => crypto.getRandomValues(new Uint8Array(length)), "dev", LOCAL_TENANT);
  keepSecret(file, key.text);
  return key;
}

/** The deployment's credential for this state, kept like the key. */
export function keepAdminKey(file: string): PlatformKey {
  const kept = existsSync(file) ? parseKey(readFileSync(file, "utf8").trim()) : null;
  if (kept !== null) return kept;
  const key = createDeploymentKey((length) => crypto.getRandomValues(new Uint8Array(length)));
  keepSecret(file, key.text);
  return key;
}

/** What tenants' webhook secrets are made from: as long as the state is kept, they stay the same. */
export function keepSigningKey(file: string): string {
  if (existsSync(file)) return readFileSync(file, "utf8").trim();
  const text = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64");
  keepSecret(file, text);
  return text;
}

/** What tenants' provider credentials are sealed under: whoever loses this file has lost them. */
export function keepMasterKeys(file: string): string {
  if (existsSync(file)) return readFileSync(file, "utf8").trim();
  const key = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64");
  const text = JSON.stringify({ current: "local-1", keys: { "local-1": key } });
  keepSecret(file, text);
  return text;
}

/** Null where all is well; a start is the time to hear that credentials cannot be opened, not the first call. */
export async function whatIsWrongWithMasterKeys(url: string, adminKey: string): Promise<string | null> {
  const response = await fetch(`${url}/v1/admin/credential_keys`, { headers: { authorization: `Bearer ${adminKey}` } });
  if (!response.ok) return `the stored credentials could not be looked at: ${response.status} ${await response.text()}`;
  const { undecryptable, remaining } = (await response.json()) as { undecryptable: number; remaining: number };
  if (undecryptable > 0) return `${undecryptable} data keys cannot be opened: their master key is not configured`;
  if (remaining > 0)
    return `${remaining} data keys are sealed with an earlier master key: npm run admin -- master-keys rotate`;
  return null;
}

/**
 * A management key of the local tenant, made by the service itself at its first start: what `npm run admin` uses. One that
 * is not live any more is for its owner to replace (`npm run admin -- recover local`).
 */
export async function keepManagementKey(file: string, url: string, adminKey: string): Promise<string> {
  if (existsSync(file)) return readFileSync(file, "utf8").trim();
  const response = await fetch(`${url}/v1/admin/tenants/${LOCAL_TENANT}/keys`, {
    method: "POST",
    headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" },
    body: JSON.stringify({ name: "npm start" }),
  });
  if (!response.ok) throw new Error(`no management key could be made: ${response.status} ${await response.text()}`);
  const { key } = (await response.json()) as { key: string };
  keepSecret(file, key);
  return key;
}

function keepSecret(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${text}\n`, { mode: 0o600 });
}

/**
 * SQL that makes a key known to D1, from where the tenant's object takes it over; harmless when repeated. Holds base62 and
 * hexadecimal text only.
 */
export async function statementForKey(key: PlatformKey): Promise<string> {
  const digest = await digestOf(key.text);
  return `INSERT INTO api_keys (public_id, digest, tenant_id, created_at_ms) VALUES ('${key.publicId}', '${digest}', '${LOCAL_TENANT}', ${Date.now()}) ON CONFLICT DO NOTHING`;
}
