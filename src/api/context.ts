import type { Context } from "hono";
import type { Env } from "../env.ts";
import { type ApiError, errorToWire } from "./errors.ts";
import type { Credential, Tenant } from "./keys/authenticate.ts";

/**
 * What every handler sees. `credential` and `tenant` are set by the authentication: public routes must not read them, and one
 * that starts a search knows its tenant only once it has drawn its lease, or asked who it is (`prove`).
 */
export interface AppEnv {
  readonly Bindings: Env;
  readonly Variables: { credential: Credential; tenant: Tenant; requestId: string };
}

export type AppContext = Context<AppEnv>;

export function respondWithError(context: AppContext, error: ApiError): Response {
  const { status, body, headers } = errorToWire(error);
  return context.json(body, status, { ...headers });
}
