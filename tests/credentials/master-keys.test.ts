import { expect, test } from "vitest";
import { parseMasterKeys } from "../../src/credentials/master-keys.ts";
import { keyText } from "./support.ts";

const messageFor = async (value: unknown): Promise<string | null> => {
  const parsed = await parseMasterKeys(typeof value === "string" ? value : JSON.stringify(value));
  return parsed.ok ? null : parsed.error;
};

test("the current key and those before it are read", async () => {
  const parsed = await parseMasterKeys(JSON.stringify({ current: "k2", keys: { k1: keyText(1), k2: keyText(2) } }));
  if (!parsed.ok) throw new Error(parsed.error);
  expect(parsed.value.current.keyId).toBe("k2");
  expect([...parsed.value.byId.keys()]).toEqual(["k1", "k2"]);
});

test.each([
  ["{", "CREDENTIAL_KEYS is not valid JSON"],
  [{ current: "k9", keys: { k1: keyText(1) } }, "CREDENTIAL_KEYS.current: there is no such key under `keys`"],
  [{ current: "k1", keys: { k1: btoa("sk-canary") } }, "CREDENTIAL_KEYS.keys.k1: must be 32 bytes in base64"],
  [{ current: "k.1", keys: { "k.1": keyText(1) } }, expect.stringContaining("CREDENTIAL_KEYS.keys: ids are")],
  [{ current: "k1", keys: { k1: keyText(1) }, previous: "k0" }, expect.stringContaining("CREDENTIAL_KEYS")],
])("what is wrong with %j is said", async (value, message) => {
  expect(await messageFor(value)).toEqual(message);
});

test("I12: no message repeats a value", async () => {
  expect(await messageFor({ current: "sk-canary", keys: { k1: "sk-canary" } })).not.toContain("sk-canary");
});
