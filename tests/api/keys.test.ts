import { expect, test } from "vitest";
import { crc32 } from "../../src/api/keys/crc32.ts";
import { createKey, digestOf, parseKey, randomBase62 } from "../../src/api/keys/format.ts";
import { tenantCodeOf } from "../../src/ledger/keys/tenant-code.ts";

const randomBytes = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));

test("the checksum is the CRC-32 of zlib", () => {
  expect(crc32("123456789")).toBe(0xcbf43926);
  expect(crc32("")).toBe(0);
});

test("a key that was made is a key that is read", () => {
  const key = createKey(randomBytes, "dev", "tenant_a");
  expect(key.text).toMatch(/^esp_dev_[0-9A-Za-z]{61}$/);
  expect(parseKey(key.text)).toEqual(key);
});

test("a key names its tenant: all keys of one begin alike, those of another do not", () => {
  const codes = ["tenant_a", "tenant_a", "tenant_b"].map((id) =>
    createKey(randomBytes, "dev", id).publicId.slice(0, 8),
  );
  expect(codes).toEqual([tenantCodeOf("tenant_a"), tenantCodeOf("tenant_a"), tenantCodeOf("tenant_b")]);
  expect(codes[0]).not.toBe(codes[2]);
});

test("a single wrong character anywhere is noticed before any look-up", () => {
  const { text } = createKey(randomBytes, "live", "tenant_a");
  for (let index = 0; index < text.length; index++) {
    const wrong = text[index] === "x" ? "y" : "x";
    expect(parseKey(text.slice(0, index) + wrong + text.slice(index + 1))).toBe(null);
  }
  expect(parseKey(`${text} `)).toBe(null);
  expect(parseKey("")).toBe(null);
});

test("random characters are unbiased: bytes above the fair bound are drawn again", () => {
  const bytes = [255, 0, 248, 61, 247, 62];
  expect(randomBase62((length) => Uint8Array.from(bytes.splice(0, length)), 4)).toBe("0zz0");
});

test("what is stored is the SHA-256 of the whole key, in hex", async () => {
  expect(await digestOf("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});
