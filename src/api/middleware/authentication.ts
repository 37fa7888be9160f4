import { createMiddleware } from "hono/factory";
import { type AppContext, type AppEnv, respondWithError } from "../context.ts";
import { authenticate } from "../keys/authenticate.ts";

/** `Authorization: Bearer <key>`, or `x-api-key` as some clients send beside or instead of it. */
export const authentication = createMiddleware<AppEnv>(async (context, next) => {
  const text = bearerOf(context);
  if (text === null) return respondWithError(context, { type: "missing-key" });
  const tenant = await authenticate(context.env, text);
  if (tenant === null) return respondWithError(context, { type: "invalid-key" });
  context.set("tenant", tenant);
  return next();
});

/** What was sent as a key; null for nothing. */
export function bearerOf(context: AppContext): string | null {
  const bearer = /^Bearer\s+(\S+)\s*$/i.exec(context.req.header("authorization") ?? "")?.[1];
  return (bearer ?? context.req.header("x-api-key")) || null;
}
