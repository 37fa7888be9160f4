import { type Result, succeed } from "../core/result.ts";
import type { DataKey } from "./data-key.ts";
import { bytesOf, open, type SealError, seal } from "./envelope.ts";

/** A credential at rest, and what may be shown of it. */
export interface SealedCredential {
  /** An envelope; its key id is the data key's. */
  readonly sealed: string;
  /** 1 for the provider's first, then rising: an older one put back in its place cannot be opened. */
  readonly version: number;
  /** The only origin it is sent to: part of what the seal holds for, so that nobody can point it elsewhere. */
  readonly origin: string;
  /** Null of a credential so short that they would be a good part of it. */
  readonly lastFour: string | null;
  /** Keyed: of the same data key, equal for equal credentials; nothing can be tried out against it. */
  readonly fingerprint: string;
}

/** Where a credential belongs. */
export interface CredentialPlace {
  readonly tenantId: string;
  readonly providerId: string;
  readonly origin: string;
  readonly version: number;
}

export async function sealCredential(
  dataKey: DataKey,
  place: CredentialPlace,
  clear: string,
): Promise<SealedCredential> {
  const bytes = bytesOf(clear);
  const digest = new Uint8Array(await crypto.subtle.sign("HMAC", dataKey.fingerprintKey, bytes));
  const sealed = await seal(dataKey, contextOf(place), bytes);
  bytes.fill(0);
  return {
    sealed,
    version: place.version,
    origin: place.origin,
    lastFour: clear.length >= SHORTEST_SHOWN ? clear.slice(-4) : null,
    fingerprint: [...digest.subarray(0, FINGERPRINT_BYTES)].map((byte) => byte.toString(16).padStart(2, "0")).join(""),
  };
}

/** The clear text. Only for the call that is about to leave: it is not to be kept. */
export async function openCredential(
  dataKeyOf: (dataKeyId: string) => DataKey | null,
  place: CredentialPlace,
  sealed: string,
): Promise<Result<string, SealError>> {
  const opened = await open(dataKeyOf, contextOf(place), sealed);
  if (!opened.ok) return opened;
  const clear = new TextDecoder().decode(opened.value);
  opened.value.fill(0);
  return succeed(clear);
}

/** Providers' keys have 30 characters and more: four of sixteen tell nobody anything. */
const SHORTEST_SHOWN = 16;
const FINGERPRINT_BYTES = 8;

const PURPOSE = "provider-credential";

function contextOf({ tenantId, providerId, origin, version }: CredentialPlace): readonly (string | number)[] {
  return [tenantId, providerId, PURPOSE, version, origin];
}
