import type { CredentialPlace } from "../../src/credentials/credential.ts";
import { createDataKey, type DataKey, openDataKey, type SealedDataKey } from "../../src/credentials/data-key.ts";
import { type MasterKeys, parseMasterKeys } from "../../src/credentials/master-keys.ts";

export const TENANT = "tenant_a";
export const SECRET = "sk-credential-canary-9c41";

export const PLACE: CredentialPlace = {
  tenantId: TENANT,
  providerId: "prov_1",
  origin: "https://api.example.com",
  version: 1,
};

/** 32 bytes, all of them `byte`. */
export function keyText(byte: number): string {
  return btoa(String.fromCharCode(...new Uint8Array(32).fill(byte)));
}

/** Master keys by id, the last of them current. */
export async function masterKeysOf(...ids: readonly string[]): Promise<MasterKeys> {
  const keys = Object.fromEntries(ids.map((id) => [id, keyText(id.charCodeAt(0))]));
  const parsed = await parseMasterKeys(JSON.stringify({ current: ids.at(-1), keys }));
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

export async function dataKeyOf(masterKeys: MasterKeys, tenantId = TENANT, id = "dek_1"): Promise<DataKey> {
  const opened = await openDataKey(masterKeys, tenantId, await createDataKey(masterKeys, tenantId, id, 0));
  if (!opened.ok) throw new Error(opened.error.type);
  return opened.value;
}

export function rowsOf(masterKeys: MasterKeys, count: number, tenantId = TENANT): Promise<SealedDataKey[]> {
  return Promise.all(
    Array.from({ length: count }, (_unused, index) => createDataKey(masterKeys, tenantId, `dek_${index}`, index)),
  );
}
