import type { Context } from "hono";
import type { Env } from "../env.ts";
import { type ApiError, errorToWire } from "./errors.ts";
import type { Tenant } from "./keys/authenticate.ts";

/** What every handler sees. `tenant` is set by the authentication; public routes must not read it. */
export interface AppEnv {
  readonly Bindings: Env;
  readonly Variables: { tenant: Tenant; requestId: string };
}

export type AppContext = Context<AppEnv>;

export function respondWithError(context: AppContext, error: ApiError): Response {
  const { status, body, headers } = errorToWire(error);
  return context.json(body, status, { ...headers });
}
