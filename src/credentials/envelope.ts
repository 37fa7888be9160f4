import { fail, type Result, succeed } from "../core/result.ts";

/**
 * Bytes that only the holder of one key can read, as text: `v1.A256GCM.<key id>.<nonce>.<ciphertext and tag>`, the last two
 * in base64url. The header says which key opens it, and no other is tried: an error stays an error (RELIABILITY.md, "Tenant
 * provider credentials at rest"). The authenticated data are the header and `context`, what the bytes are and whose: moved
 * to another place they cannot be opened there.
 *
 * AES-256-GCM with a random nonce of 96 bits: one key must not seal more than 2^32 times (NIST SP 800-38D, 8.3).
 */
export async function seal(key: SealingKey, context: Context, clear: Uint8Array<ArrayBuffer>): Promise<string> {
  const header = headerOf(key.keyId);
  const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const parameters = { name: "AES-GCM", iv, additionalData: authenticated(header, context) };
  const sealed = new Uint8Array(await crypto.subtle.encrypt(parameters, key.cryptoKey, clear));
  return `${header}.${toBase64Url(iv)}.${toBase64Url(sealed)}`;
}

/** `keyOf` is asked for the key that the header names, and answers null where it has none. */
export async function open(
  keyOf: (keyId: string) => SealingKey | null,
  context: Context,
  text: string,
): Promise<Result<Uint8Array<ArrayBuffer>, SealError>> {
  const envelope = parse(text);
  if (envelope === null) return fail({ type: "malformed" });
  const { keyId, header, iv, sealed } = envelope;
  const key = keyOf(keyId);
  if (key === null) return fail({ type: "unknown-key", keyId });
  const parameters = { name: "AES-GCM", iv, additionalData: authenticated(header, context) };
  return crypto.subtle.decrypt(parameters, key.cryptoKey, sealed).then(
    (clear) => succeed(new Uint8Array(clear)),
    // Whether the key, the place or a bit is the wrong one cannot be told, and must not be.
    () => fail({ type: "not-authentic", keyId }),
  );
}

/** The key that an envelope names; null for a text that is no envelope. */
export function keyIdOf(text: string): string | null {
  return parse(text)?.keyId ?? null;
}

export interface SealingKey {
  readonly keyId: string;
  /** AES-GCM, 256 bits, not extractable. */
  readonly cryptoKey: PlatformKey;
}

/** The platform's `CryptoKey`: not every runtime's types know it by that name. */
export type PlatformKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/** What is sealed, and whose it is: no two lists are one text, since they are joined as JSON. */
export type Context = readonly (string | number)[];

export type SealError =
  | { readonly type: "malformed" }
  /** Sealed with a key that is not here (any more). */
  | { readonly type: "unknown-key"; readonly keyId: string }
  | { readonly type: "not-authentic"; readonly keyId: string };

/** What may stand in a header between two dots. */
export const KEY_ID = /^[A-Za-z0-9_-]{1,64}$/;

const VERSION = "v1";
const ALGORITHM = "A256GCM";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

interface Envelope {
  readonly keyId: string;
  readonly header: string;
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly sealed: Uint8Array<ArrayBuffer>;
}

function parse(text: string): Envelope | null {
  const [version, algorithm, keyId, nonce, ciphertext, ...rest] = text.split(".");
  if (version !== VERSION || algorithm !== ALGORITHM || rest.length > 0) return null;
  if (keyId === undefined || !KEY_ID.test(keyId)) return null;
  const iv = fromBase64Url(nonce ?? "");
  const sealed = fromBase64Url(ciphertext ?? "");
  if (iv?.byteLength !== NONCE_BYTES || sealed === null || sealed.byteLength < TAG_BYTES) return null;
  return { keyId, header: headerOf(keyId), iv, sealed };
}

function headerOf(keyId: string): string {
  return `${VERSION}.${ALGORITHM}.${keyId}`;
}

function authenticated(header: string, context: Context): Uint8Array<ArrayBuffer> {
  return bytesOf(JSON.stringify([header, ...context]));
}

/** A copy: the encoder's own may, by its type, lie in shared memory. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(new TextEncoder().encode(text));
}

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}

/** Null for anything but the one way to write these bytes: no bit of an envelope may be changed unnoticed. */
function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return null;
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  return toBase64Url(bytes) === text ? bytes : null;
}
