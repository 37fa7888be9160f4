import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { createDeploymentKey } from "../../src/api/keys/deployment-key.ts";

/** The deployment's credential of the tests inside workerd: always the same, of no other deployment. */
export const ADMIN_KEY = createDeploymentKey((length) => new Uint8Array(length).fill(7)).text;

const masterKey = (byte: number): string => btoa(String.fromCharCode(...new Uint8Array(32).fill(byte)));

/** Of the tests inside workerd: the first is the one that a rotation leaves behind. */
export const CREDENTIAL_KEYS = { current: "new", keys: { old: masterKey(1), new: masterKey(2) } };

export const ADMIN_BINDINGS = {
  ADMIN_KEY_DIGEST: bytesToHex(sha256(utf8ToBytes(ADMIN_KEY))),
  CREDENTIAL_KEYS: JSON.stringify(CREDENTIAL_KEYS),
  WEBHOOK_SIGNING_KEY: "signing-key-canary-of-the-tests-only",
};
