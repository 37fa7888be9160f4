import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { createKey, digestOf, type PlatformKey, parseKey } from "../../src/api/keys/format.ts";

/** The local key: minted once and kept in a file that only its owner can read. The database knows its digest alone. */
export function keepKey(file: string): PlatformKey {
  const kept = existsSync(file) ? parseKey(readFileSync(file, "utf8").trim()) : null;
  if (kept !== null) return kept;
  const key = createKey((length) => crypto.getRandomValues(new Uint8Array(length)), "dev");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${key.text}\n`, { mode: 0o600 });
  return key;
}

/** SQL that makes a key valid for the tenant "local"; harmless when repeated. Holds base62 and hexadecimal text only. */
export async function statementForKey(key: PlatformKey): Promise<string> {
  const digest = await digestOf(key.text);
  return `INSERT INTO api_keys (public_id, digest, tenant_id, created_at_ms) VALUES ('${key.publicId}', '${digest}', 'local', ${Date.now()}) ON CONFLICT DO NOTHING`;
}
