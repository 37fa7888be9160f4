import { createMiddleware } from "hono/factory";
import { type AppEnv, respondWithError } from "../context.ts";
import { authenticate } from "../keys/authenticate.ts";

/** `Authorization: Bearer <key>`, or `x-api-key` as some clients send beside or instead of it. */
export const authentication = createMiddleware<AppEnv>(async (context, next) => {
  const bearer = /^Bearer\s+(\S+)\s*$/i.exec(context.req.header("authorization") ?? "")?.[1];
  const text = bearer ?? context.req.header("x-api-key");
  if (text === undefined || text === "") return respondWithError(context, { type: "missing-key" });
  const tenant = await authenticate(context.env, text);
  if (tenant === null) return respondWithError(context, { type: "invalid-key" });
  context.set("tenant", tenant);
  return next();
});
