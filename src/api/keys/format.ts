import { tenantCodeOf } from "../../ledger/keys/tenant-code.ts";
import { crc32 } from "./crc32.ts";

/**
 * A platform key: `esp_<env>_<12 base62 public id><43 base62 secret><6 base62 CRC32>` (RELIABILITY.md, "Platform keys").
 * The prefix makes it findable by secret scanners, the secret carries 256 bits, and the checksum over everything before
 * it rejects typing errors and noise before any I/O. Pure: Node scripts mint keys with the same code.
 */
export interface PlatformKey {
  readonly environment: string;
  readonly publicId: string;
  /** The whole key, as the client sends it. Only its digest is stored. */
  readonly text: string;
}

const PUBLIC_ID_LENGTH = 12;
/** 62^43 > 2^256. */
const SECRET_LENGTH = 43;
const CHECKSUM_LENGTH = 6;
const PATTERN = /^esp_([a-z0-9]{1,16})_([0-9A-Za-z]{12})[0-9A-Za-z]{43}([0-9A-Za-z]{6})$/;
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/**
 * A new key of that tenant. `randomBytes(n)` must be cryptographic: `(n) => crypto.getRandomValues(new Uint8Array(n))`.
 * Of the public id only the last four characters are random (62^4 keys): the tenant's object refuses one that it has.
 */
export function createKey(
  randomBytes: (length: number) => Uint8Array,
  environment: string,
  tenantId: string,
): PlatformKey {
  const code = tenantCodeOf(tenantId);
  const publicId = code + randomBase62(randomBytes, PUBLIC_ID_LENGTH - code.length);
  const body = `esp_${environment}_${publicId}${randomBase62(randomBytes, SECRET_LENGTH)}`;
  return { environment, publicId, text: body + checksumOf(body) };
}

/** Null for anything that cannot be a key of ours. */
export function parseKey(text: string): PlatformKey | null {
  const match = PATTERN.exec(text);
  const [, environment, publicId, checksum] = match ?? [];
  if (environment === undefined || publicId === undefined) return null;
  return checksumOf(text.slice(0, -CHECKSUM_LENGTH)) === checksum ? { environment, publicId, text } : null;
}

/** SHA-256 of the whole key, lower-case hex: what `api_keys.digest` holds. */
export async function digestOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Rejection sampling, so that every character is equally likely: 248 = 4 * 62 is the last fair byte bound. */
export function randomBase62(randomBytes: (length: number) => Uint8Array, length: number): string {
  let text = "";
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < 248 && text.length < length) text += ALPHABET[byte % 62];
    }
  }
  return text;
}

function checksumOf(text: string): string {
  let rest = crc32(text);
  let checksum = "";
  for (let place = 0; place < CHECKSUM_LENGTH; place++) {
    checksum = ALPHABET[rest % 62] + checksum;
    rest = Math.floor(rest / 62);
  }
  return checksum;
}
