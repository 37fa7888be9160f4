import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../context.ts";

/** The SDKs show it as `_request_id`. Always ours: a client's own must not be able to forge a line in our logs. */
export const requestId = createMiddleware<AppEnv>(async (context, next) => {
  const arrivedAtMs = Date.now();
  const id = `req_${crypto.randomUUID().replaceAll("-", "")}`;
  context.set("requestId", id);
  await next();
  context.res.headers.set("x-request-id", id);
  context.res.headers.set("openai-version", "2020-10-01");
  // Until the headers leave, not until the last byte: a stream's come at once.
  context.res.headers.set("openai-processing-ms", String(Math.max(0, Date.now() - arrivedAtMs)));
});
