import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";

/**
 * A tenant's signing secret, made anew whenever it is needed from the deployment's signing key: it is kept nowhere, so no
 * database and no backup of one can lose it (I12). Another revision is another secret, and so is another tenant's.
 */
export function derivedSecret(signingKey: string, tenantId: string, webhookId: string, revision: number): string {
  // A JSON array: no two lists of fields are one text.
  const what = JSON.stringify(["webhook", tenantId, webhookId, revision]);
  const bytes = hmac(sha256, utf8ToBytes(signingKey), utf8ToBytes(what));
  return `whsec_${btoa(String.fromCharCode(...bytes))}`;
}

/** Shorter ones could be guessed from a single signed message. */
export const SHORTEST_SIGNING_KEY = 32;

/** Null where the deployment has none, or one that is too short to sign with. */
export function signingKeyOf(variables: { readonly WEBHOOK_SIGNING_KEY?: string }): string | null {
  const key = variables.WEBHOOK_SIGNING_KEY ?? "";
  return key.length >= SHORTEST_SIGNING_KEY ? key : null;
}
