import { cors } from "hono/cors";

/**
 * Any origin: the key travels in a header, never in a cookie, so a foreign page can do nothing that its visitor's key
 * does not allow. Hono answers a preflight with whatever headers the browser asks for (x-stainless-* and so on).
 */
export const crossOrigin = cors({
  origin: "*",
  allowMethods: ["GET", "POST", "DELETE", "OPTIONS"],
  exposeHeaders: [
    "x-request-id",
    "openai-processing-ms",
    "openai-version",
    "x-search-id",
    "x-search-cost-usd",
    "x-search-model-calls",
    "x-search-stop-reason",
    "x-search-dropped-tools",
    ...["limit", "remaining", "reset"].flatMap((what) => [
      `x-ratelimit-${what}-requests`,
      `x-ratelimit-${what}-tokens`,
    ]),
    "retry-after",
    "retry-after-ms",
    "x-should-retry",
  ],
  maxAge: 86_400,
});
