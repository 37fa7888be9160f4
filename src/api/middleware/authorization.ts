import { createMiddleware } from "hono/factory";
import { mayDo, type Permission } from "../../ledger/keys/permissions.ts";
import { type AppEnv, respondWithError } from "../context.ts";
import { isDeploymentKey } from "../keys/deployment.ts";
import { bearerOf } from "./authentication.ts";

/**
 * After the authentication: the key's own list and its kind must both allow it, so that a management key cannot infer and
 * an inference key cannot manage (T9).
 */
export function requireScope(scope: Permission) {
  return createMiddleware<AppEnv>(async (context, next) => {
    if (!mayDo(context.get("tenant"), scope)) return respondWithError(context, { type: "missing-scope", scope });
    return next();
  });
}

/** Instead of the authentication: the deployment's credential, which makes tenants. Whatever is no such key is unknown. */
export const deploymentAuthentication = createMiddleware<AppEnv>(async (context, next) => {
  const text = bearerOf(context);
  if (text === null) return respondWithError(context, { type: "missing-key" });
  const isKnown = await isDeploymentKey(context.env, text);
  return isKnown ? next() : respondWithError(context, { type: "invalid-key" });
});
