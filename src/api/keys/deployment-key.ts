import { createKey, type PlatformKey } from "./format.ts";

/**
 * The deployment's own credential: it makes tenants and their first keys, and nothing else. It has the form of a key
 * (`esp_admin_...`), so scanners find it and noise is rejected; the Worker secret ADMIN_KEY_DIGEST holds its SHA-256 alone.
 */
export function createDeploymentKey(randomBytes: (length: number) => Uint8Array): PlatformKey {
  return createKey(randomBytes, "admin", "deployment");
}
