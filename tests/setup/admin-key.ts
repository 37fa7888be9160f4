import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { createDeploymentKey } from "../../src/api/keys/deployment-key.ts";

/** The deployment's credential of the tests inside workerd: always the same, of no other deployment. */
export const ADMIN_KEY = createDeploymentKey((length) => new Uint8Array(length).fill(7)).text;

export const ADMIN_BINDINGS = {
  ADMIN_KEY_DIGEST: bytesToHex(sha256(utf8ToBytes(ADMIN_KEY))),
  WEBHOOK_SIGNING_KEY: "signing-key-canary-of-the-tests-only",
};
