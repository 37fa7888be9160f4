import { type SealedCredential, sealCredential } from "../../../credentials/credential.ts";
import {
  createDataKey,
  type DataKey,
  MOST_USES,
  openDataKey,
  type SealedDataKey,
} from "../../../credentials/data-key.ts";
import type { MasterKeys } from "../../../credentials/master-keys.ts";
import { createId } from "../fields.ts";

export interface Sealed {
  readonly credential: SealedCredential;
  /** A new one, to be stored with the credential; null where a known one was used. */
  readonly dataKey: SealedDataKey | null;
}

/** Seals it with the newest of the tenant's data keys that can be opened and is not worn out, or with a new one. */
export async function sealWith(
  masterKeys: MasterKeys,
  dataKeys: readonly SealedDataKey[],
  place: { readonly tenantId: string; readonly providerId: string; readonly origin: string; readonly version: number },
  clear: string,
): Promise<Sealed> {
  const { tenantId } = place;
  const newest = dataKeys.filter(({ uses }) => uses < MOST_USES).toSorted((a, b) => b.createdAtMs - a.createdAtMs);
  for (const row of newest) {
    const opened = await openDataKey(masterKeys, tenantId, row);
    if (opened.ok) return { credential: await sealCredential(opened.value, place, clear), dataKey: null };
  }
  const made = await createDataKey(masterKeys, tenantId, createId("dek"), Date.now());
  const dataKey = await opened(masterKeys, tenantId, made);
  return { credential: await sealCredential(dataKey, place, clear), dataKey: made };
}

async function opened(masterKeys: MasterKeys, tenantId: string, made: SealedDataKey): Promise<DataKey> {
  const dataKey = await openDataKey(masterKeys, tenantId, made);
  if (!dataKey.ok) throw new Error("a data key that was just made does not open");
  return dataKey.value;
}
