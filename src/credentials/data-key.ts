import { fail, type Result, succeed } from "../core/result.ts";
import {
  bytesOf,
  type Context,
  keyIdOf,
  open,
  type PlatformKey,
  type SealError,
  type SealingKey,
  seal,
} from "./envelope.ts";
import type { MasterKeys } from "./master-keys.ts";

/** A tenant's own key ("data encryption key"), sealed with a master key: this is all that is stored of it. */
export interface SealedDataKey {
  readonly dataKeyId: string;
  /** An envelope; its key id is the master key's. */
  readonly sealed: string;
  /** Credentials that were sealed with it. */
  readonly uses: number;
  readonly createdAtMs: number;
}

/** As it is used, for as long as somebody holds it. Neither part can be read out again. */
export interface DataKey extends SealingKey {
  /** HMAC-SHA-256: what it makes of a credential tells whether two are the same, and nothing else. */
  readonly fingerprintKey: PlatformKey;
}

/** A new data key, sealed with the current master key. */
export async function createDataKey(
  masterKeys: MasterKeys,
  tenantId: string,
  dataKeyId: string,
  nowMs: number,
): Promise<SealedDataKey> {
  const bytes = crypto.getRandomValues(new Uint8Array(DATA_KEY_BYTES));
  const sealed = await seal(masterKeys.current, contextOf(tenantId, dataKeyId), bytes);
  bytes.fill(0);
  return { dataKeyId, sealed, uses: 0, createdAtMs: nowMs };
}

export async function openDataKey(
  masterKeys: MasterKeys,
  tenantId: string,
  { dataKeyId, sealed }: Pick<SealedDataKey, "dataKeyId" | "sealed">,
): Promise<Result<DataKey, SealError>> {
  const opened = await open(masterKeyOf(masterKeys), contextOf(tenantId, dataKeyId), sealed);
  if (!opened.ok) return opened;
  const bytes = opened.value;
  if (bytes.byteLength !== DATA_KEY_BYTES) return fail({ type: "malformed" });
  const root = await crypto.subtle.importKey("raw", bytes, "HKDF", false, ["deriveKey"]);
  bytes.fill(0);
  const { subtle } = crypto;
  const aes = { name: "AES-GCM", length: 256 };
  const hmac = { name: "HMAC", hash: "SHA-256", length: 256 };
  return succeed({
    keyId: dataKeyId,
    cryptoKey: await subtle.deriveKey(hkdf("espalier seal"), root, aes, false, ["encrypt", "decrypt"]),
    fingerprintKey: await subtle.deriveKey(hkdf("espalier fingerprint"), root, hmac, false, ["sign"]),
  });
}

/** RFC 5869. No salt: the data key is random already. */
function hkdf(purpose: string) {
  return { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: bytesOf(purpose) };
}

/** Which master key it is sealed with; null where the text is no envelope. */
export function masterKeyIdOf({ sealed }: Pick<SealedDataKey, "sealed">): string | null {
  return keyIdOf(sealed);
}

/**
 * The same data key under the current master key; what was sealed with it is not touched. Itself where it is there already:
 * rotation may be repeated at any time.
 */
export async function rewrapDataKey(
  masterKeys: MasterKeys,
  tenantId: string,
  dataKey: SealedDataKey,
): Promise<Result<SealedDataKey, SealError>> {
  const context = contextOf(tenantId, dataKey.dataKeyId);
  const opened = await open(masterKeyOf(masterKeys), context, dataKey.sealed);
  if (!opened.ok) return opened;
  if (masterKeyIdOf(dataKey) === masterKeys.current.keyId) return succeed(dataKey);
  const sealed = await seal(masterKeys.current, context, opened.value);
  opened.value.fill(0);
  return succeed({ ...dataKey, sealed });
}

/** Far below the 2^32 that AES-GCM with random nonces bears; a tenant with that many changes gets another data key. */
export const MOST_USES = 2 ** 20;

const DATA_KEY_BYTES = 32;

function masterKeyOf({ byId }: MasterKeys): (keyId: string) => SealingKey | null {
  return (keyId) => byId.get(keyId) ?? null;
}

function contextOf(tenantId: string, dataKeyId: string): Context {
  return [tenantId, dataKeyId, "data-key", 1];
}
