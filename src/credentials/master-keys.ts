import { z } from "zod";
import { fail, type Result, succeed } from "../core/result.ts";
import { KEY_ID, type PlatformKey, type SealingKey } from "./envelope.ts";

/**
 * The deployment's master keys ("key encryption keys"): they seal tenants' data keys and nothing else. New ones are sealed
 * with the current key; the others only open what has not been sealed anew yet, and may go when nothing of theirs is left.
 */
export interface MasterKeys {
  readonly current: SealingKey;
  /** The current one and those before it. */
  readonly byId: ReadonlyMap<string, SealingKey>;
}

/**
 * Reads the Worker secret CREDENTIAL_KEYS: `{"current": "k2", "keys": {"k1": "<32 bytes in base64>", "k2": "..."}}`. The
 * message names the place and never repeats a value.
 */
export async function parseMasterKeys(json: string): Promise<Result<MasterKeys, string>> {
  let raw: unknown;
  try {
    raw = JSON.parse(json);
  } catch {
    return fail("CREDENTIAL_KEYS is not valid JSON");
  }
  const parsed = masterKeysSchema.safeParse(raw);
  if (!parsed.success) {
    const lines = parsed.error.issues.map(
      ({ path, message }) => `${["CREDENTIAL_KEYS", ...path].join(".")}: ${message}`,
    );
    return fail(lines.join("; "));
  }
  const { current: currentId, keys } = parsed.data;
  const byId = new Map<string, SealingKey>();
  for (const [keyId, text] of Object.entries(keys)) byId.set(keyId, { keyId, cryptoKey: await importKey(text) });
  const current = byId.get(currentId);
  if (current === undefined) return fail("CREDENTIAL_KEYS.current: there is no such key under `keys`");
  return succeed({ current, byId });
}

const masterKeysSchema = z.strictObject({
  current: z.string(),
  keys: z
    .record(
      z.string(),
      z.string().refine((text) => /^[A-Za-z0-9+/]{43}=$/.test(text), "must be 32 bytes in base64"),
    )
    .refine((keys) => Object.keys(keys).every((id) => KEY_ID.test(id)), "ids are 1 to 64 letters, digits, '-' and '_'"),
});

async function importKey(text: string): Promise<PlatformKey> {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const key = await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
  bytes.fill(0);
  return key;
}
