import { findKey } from "../../db/keys.ts";
import type { Env } from "../../env.ts";
import { digestOf, parseKey } from "./format.ts";

export interface Tenant {
  readonly id: string;
  readonly keyId: string;
}

/**
 * Whose key this is; null for anything but a live key. An unknown id takes the same path as a wrong secret, so that
 * neither the answer nor its time tells them apart (T6). The tenant's object takes this over (issue 7): it will check
 * limits and grant the lease in the same call, and D1 leaves the hot path. Callers keep this signature.
 */
export async function authenticate(env: Env, text: string): Promise<Tenant | null> {
  const key = parseKey(text);
  if (key === null) return null;
  const [row, digest] = await Promise.all([findKey(env.DB, key.publicId), digestOf(text)]);
  const isSame = isEqualInConstantTime(row?.digest ?? NO_DIGEST, digest);
  if (row === null || !isSame || row.revokedAtMs !== null) return null;
  return { id: row.tenantId, keyId: row.publicId };
}

/** As long as a digest, and never one of ours. */
const NO_DIGEST = "-".repeat(64);

function isEqualInConstantTime(a: string, b: string): boolean {
  const encoder = new TextEncoder();
  const [left, right] = [encoder.encode(a), encoder.encode(b)];
  return left.byteLength === right.byteLength && crypto.subtle.timingSafeEqual(left, right);
}
