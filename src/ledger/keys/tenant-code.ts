import { sha256 } from "@noble/hashes/sha2.js";

/** Characters of a key's public id that name its tenant: 62^8 is 2 * 10^14. */
export const TENANT_CODE_LENGTH = 8;

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/**
 * A tenant's code, from its id: every key of the tenant begins with it, and it is the name of the tenant's object. So a
 * key names its tenant and nothing is looked up before, and whoever knows the id finds the object. Eight base62
 * characters of the id's SHA-256; 248 = 4 * 62 is the last fair byte bound.
 */
export function tenantCodeOf(tenantId: string): string {
  let code = "";
  let text = tenantId;
  while (code.length < TENANT_CODE_LENGTH) {
    const digest = sha256(new TextEncoder().encode(text));
    for (const byte of digest) {
      if (byte < 248 && code.length < TENANT_CODE_LENGTH) code += ALPHABET[byte % 62];
    }
    text += "\n";
  }
  return code;
}

/** Of a key's public id. */
export function tenantCodeOfKey(publicId: string): string {
  return publicId.slice(0, TENANT_CODE_LENGTH);
}
