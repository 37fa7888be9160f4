import type { Env } from "../../env.ts";
import { digestOf, parseKey } from "./format.ts";

/** As long as a digest, and never one: a deployment without a credential takes the same way as a wrong one (T6). */
const NO_DIGEST = "-".repeat(64);

/** Is it the deployment's credential (deployment-key.ts)? */
export async function isDeploymentKey(env: Pick<Env, "ADMIN_KEY_DIGEST">, text: string): Promise<boolean> {
  if (parseKey(text) === null) return false;
  const encoder = new TextEncoder();
  const known = encoder.encode(env.ADMIN_KEY_DIGEST || NO_DIGEST);
  const given = encoder.encode(await digestOf(text));
  return known.byteLength === given.byteLength && crypto.subtle.timingSafeEqual(known, given);
}
