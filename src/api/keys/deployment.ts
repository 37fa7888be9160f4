import type { Env } from "../../env.ts";
import { createKey, digestOf, type PlatformKey, parseKey } from "./format.ts";

/**
 * The deployment's own credential: it makes tenants and their first keys, and nothing else. It has the form of a key
 * (`esp_admin_...`), so scanners find it and noise is rejected; the Worker secret ADMIN_KEY_DIGEST holds its SHA-256 alone.
 */
export function createDeploymentKey(randomBytes: (length: number) => Uint8Array): PlatformKey {
  return createKey(randomBytes, "admin", "deployment");
}

/** As long as a digest, and never one: a deployment without a credential takes the same way as a wrong one (T6). */
const NO_DIGEST = "-".repeat(64);

export async function isDeploymentKey(env: Pick<Env, "ADMIN_KEY_DIGEST">, text: string): Promise<boolean> {
  if (parseKey(text) === null) return false;
  const encoder = new TextEncoder();
  const known = encoder.encode(env.ADMIN_KEY_DIGEST || NO_DIGEST);
  const given = encoder.encode(await digestOf(text));
  return known.byteLength === given.byteLength && crypto.subtle.timingSafeEqual(known, given);
}
