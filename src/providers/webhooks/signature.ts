import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** The same for the same content to the same address: the receiver's key against doing the work twice. */
export function webhookId(url: string, body: string): string {
  // Length-prefixed, so that no two pairs are one text.
  return `msg_${bytesToHex(sha256(utf8ToBytes(`${url.length}:${url}${body}`))).slice(0, 40)}`;
}

/**
 * Standard Webhooks' headers: HMAC-SHA256 over "id.timestamp.body", base64 behind "v1,", one signature per secret. The
 * timestamp is the time of sending, in seconds: a receiver refuses what is older than it likes (five minutes is usual).
 */
export function signedHeaders(
  id: string,
  nowMs: number,
  body: string,
  secrets: readonly string[],
): Record<string, string> {
  const timestamp = String(Math.floor(nowMs / 1000));
  const content = utf8ToBytes(`${id}.${timestamp}.${body}`);
  const signatures = secrets.map((secret) => `v1,${toBase64(hmac(sha256, keyOf(secret), content))}`);
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures.join(" ") };
}

function keyOf(secret: string): Uint8Array {
  return Uint8Array.from(atob(secret.slice("whsec_".length)), (character) => character.charCodeAt(0));
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
