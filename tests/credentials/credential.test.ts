import { describe, expect, test } from "vitest";
import { openCredential, sealCredential } from "../../src/credentials/credential.ts";
import { createDataKey, openDataKey } from "../../src/credentials/data-key.ts";
import { dataKeyOf, masterKeysOf, PLACE, SECRET, TENANT } from "./support.ts";

const dataKey = await dataKeyOf(await masterKeysOf("a"));
const credential = await sealCredential(dataKey, PLACE, SECRET);
const keyOf = (id: string) => (id === dataKey.keyId ? dataKey : null);

describe("a sealed credential", () => {
  test.each(["x", SECRET, "schlüssel-🔑", "k".repeat(10_000)])("comes back as it was: %#", async (clear) => {
    const { sealed } = await sealCredential(dataKey, PLACE, clear);
    expect(await openCredential(keyOf, PLACE, sealed)).toEqual({ ok: true, value: clear });
  });

  test("is another text every time, and never holds the clear one", async () => {
    const again = await sealCredential(dataKey, PLACE, SECRET);
    expect(again.sealed).not.toBe(credential.sealed);
    expect(JSON.stringify([again, credential])).not.toContain(SECRET);
    expect(JSON.stringify(credential)).not.toContain(btoa(SECRET).slice(0, 16));
  });

  test("opens for nobody once any bit of any byte of it is another", async () => {
    const bytes = new TextEncoder().encode(credential.sealed);
    for (let index = 0; index < bytes.length; index++) {
      for (let bit = 0; bit < 8; bit++) {
        const flipped = bytes.slice();
        flipped[index] = (flipped[index] ?? 0) ^ (1 << bit);
        const opened = await openCredential(keyOf, PLACE, new TextDecoder().decode(flipped));
        expect(opened.ok, `byte ${index}, bit ${bit}`).toBe(false);
      }
    }
  });

  test.each(["", "v1", "v1.A256GCM.dek_1", "v1.A256GCM.dek_1..", "v1.A256GCM.dek_1.AAAAAAAAAAAAAAAA.", "{}"])(
    "that is cut short is malformed: %j",
    async (text) => {
      expect(await openCredential(keyOf, PLACE, text)).toEqual({ ok: false, error: { type: "malformed" } });
    },
  );

  test.each([
    { ...PLACE, tenantId: "tenant_b" },
    { ...PLACE, providerId: "prov_2" },
    { ...PLACE, origin: "https://evil.example.com" },
    { ...PLACE, version: 2 },
    // Together the same characters.
    { ...PLACE, tenantId: "tenant_", providerId: "aprov_1" },
  ])("cannot be opened in another place: $tenantId $providerId $origin $version", async (place) => {
    expect(await openCredential(keyOf, place, credential.sealed)).toEqual({
      ok: false,
      error: { type: "not-authentic", keyId: "dek_1" },
    });
  });

  test("is opened with the key that it names, or with none", async () => {
    const asked: string[] = [];
    const nothing = (id: string) => {
      asked.push(id);
      return null;
    };
    const opened = await openCredential(nothing, PLACE, credential.sealed);
    expect(opened).toEqual({ ok: false, error: { type: "unknown-key", keyId: "dek_1" } });
    expect(asked).toEqual(["dek_1"]);
  });

  test("does not open with another key of the same name", async () => {
    const other = await dataKeyOf(await masterKeysOf("a"));
    expect(await openCredential(() => other, PLACE, credential.sealed)).toMatchObject({
      ok: false,
      error: { type: "not-authentic" },
    });
  });
});

describe("what is shown of a credential", () => {
  test("is its last four characters, unless they would be a good part of it", async () => {
    expect(credential.lastFour).toBe("9c41");
    expect((await sealCredential(dataKey, PLACE, "sk-123456789012")).lastFour).toBeNull();
  });

  test("is a fingerprint that is the same for the same credential, whatever its place", async () => {
    const elsewhere = await sealCredential(dataKey, { ...PLACE, providerId: "prov_2", version: 7 }, SECRET);
    expect(elsewhere.fingerprint).toBe(credential.fingerprint);
    expect((await sealCredential(dataKey, PLACE, `${SECRET}x`)).fingerprint).not.toBe(credential.fingerprint);
  });

  test("nobody can make it without the key: another tenant's is another", async () => {
    const other = await dataKeyOf(await masterKeysOf("a"), "tenant_b");
    expect((await sealCredential(other, PLACE, SECRET)).fingerprint).not.toBe(credential.fingerprint);
  });
});

describe("a data key", () => {
  test("belongs to one tenant and one id", async () => {
    const masterKeys = await masterKeysOf("a");
    const row = await createDataKey(masterKeys, TENANT, "dek_1", 0);
    expect((await openDataKey(masterKeys, TENANT, row)).ok).toBe(true);
    expect((await openDataKey(masterKeys, "tenant_b", row)).ok).toBe(false);
    expect((await openDataKey(masterKeys, TENANT, { ...row, dataKeyId: "dek_2" })).ok).toBe(false);
  });

  test("does not open without the master key that it names, even with one that has its bytes", async () => {
    const row = await createDataKey(await masterKeysOf("a"), TENANT, "dek_1", 0);
    expect(await openDataKey(await masterKeysOf("b"), TENANT, row)).toEqual({
      ok: false,
      error: { type: "unknown-key", keyId: "a" },
    });
  });

  test("no key can be read out of what holds it", async () => {
    const masterKeys = await masterKeysOf("a");
    for (const key of [masterKeys.current.cryptoKey, dataKey.cryptoKey, dataKey.fingerprintKey]) {
      expect(key.extractable).toBe(false);
      await expect(crypto.subtle.exportKey("raw", key)).rejects.toThrow();
    }
  });
});
