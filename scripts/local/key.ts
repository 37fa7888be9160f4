import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { D1Database } from "@cloudflare/workers-types";
import { createKey, digestOf, parseKey } from "../../src/api/keys/format.ts";

/** The demo's key: minted once, kept in a file that only its owner can read, and known to the database by digest. */
export async function ensureKey(database: D1Database, file: string): Promise<string> {
  const kept = existsSync(file) ? readFileSync(file, "utf8").trim() : null;
  const key =
    (kept === null ? null : parseKey(kept)) ??
    createKey((length) => crypto.getRandomValues(new Uint8Array(length)), "dev");
  if (key.text !== kept) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${key.text}\n`, { mode: 0o600 });
  }
  await database
    .prepare(
      "INSERT INTO api_keys (public_id, digest, tenant_id, created_at_ms) VALUES (?, ?, 'local', ?) ON CONFLICT DO NOTHING",
    )
    .bind(key.publicId, await digestOf(key.text), Date.now())
    .run();
  return key.text;
}
