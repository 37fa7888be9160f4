import { masterKeyIdOf, rewrapDataKey, type SealedDataKey } from "./data-key.ts";
import type { MasterKeys } from "./master-keys.ts";

/** A tenant's data keys, wherever they are kept. */
export interface DataKeyShelf {
  list(): Promise<readonly SealedDataKey[]>;
  /** Puts `sealed` in the place of `before`, all else as it is; false where something else is there by now. */
  replace(dataKeyId: string, before: string, sealed: string): Promise<boolean>;
}

/** How a tenant's data keys stand towards the deployment's master keys. */
export interface KeyStanding {
  /** Sealed with the current master key, and opened with it just now. */
  readonly current: number;
  /** Sealed with an earlier one, which opens them: what a rotation has to do. */
  readonly remaining: number;
  /** What no key of the deployment opens: their credentials are lost until the missing key is back. */
  readonly undecryptable: number;
  /** Data keys by the master key that each is sealed with: a master key may go when it is not named here. */
  readonly byMasterKey: Readonly<Record<string, number>>;
}

/** Every data key is really opened: that its master key is still there says nothing about whether it fits. */
export async function auditKeys(
  masterKeys: MasterKeys,
  tenantId: string,
  dataKeys: readonly SealedDataKey[],
): Promise<KeyStanding> {
  const standing = { current: 0, remaining: 0, undecryptable: 0, byMasterKey: {} as Record<string, number> };
  for (const dataKey of dataKeys) {
    const masterKeyId = masterKeyIdOf(dataKey) ?? MALFORMED;
    standing.byMasterKey[masterKeyId] = (standing.byMasterKey[masterKeyId] ?? 0) + 1;
    const rewrapped = await rewrapDataKey(masterKeys, tenantId, dataKey);
    if (!rewrapped.ok) standing.undecryptable++;
    else if (rewrapped.value === dataKey) standing.current++;
    else standing.remaining++;
  }
  return standing;
}

/**
 * Seals every data key anew that an earlier master key has sealed, and says how they stand afterwards. The rows themselves
 * are all that is known of how far it has come: it may be cut off anywhere, run twice at once and be repeated, and until
 * `remaining` is 0 both master keys are needed. Credentials are read on meanwhile.
 */
export async function rotateKeys(masterKeys: MasterKeys, tenantId: string, shelf: DataKeyShelf): Promise<KeyStanding> {
  for (const dataKey of await shelf.list()) {
    const rewrapped = await rewrapDataKey(masterKeys, tenantId, dataKey);
    if (!rewrapped.ok || rewrapped.value === dataKey) continue;
    // Where another rotation was quicker, what it has put there stands.
    await shelf.replace(dataKey.dataKeyId, dataKey.sealed, rewrapped.value.sealed);
  }
  return auditKeys(masterKeys, tenantId, await shelf.list());
}

/** No key has such an id. */
const MALFORMED = "(malformed)";

export const NO_KEYS: KeyStanding = { current: 0, remaining: 0, undecryptable: 0, byMasterKey: {} };

export function addStandings(a: KeyStanding, b: KeyStanding): KeyStanding {
  const byMasterKey: Record<string, number> = { ...a.byMasterKey };
  for (const [id, count] of Object.entries(b.byMasterKey)) byMasterKey[id] = (byMasterKey[id] ?? 0) + count;
  return {
    current: a.current + b.current,
    remaining: a.remaining + b.remaining,
    undecryptable: a.undecryptable + b.undecryptable,
    byMasterKey,
  };
}
