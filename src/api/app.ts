import { Hono, type MiddlewareHandler } from "hono";
import { type AppContext, type AppEnv, respondWithError } from "./context.ts";
import { authentication, provedByLease } from "./middleware/authentication.ts";
import { deploymentAuthentication, requireScope } from "./middleware/authorization.ts";
import { crossOrigin } from "./middleware/cross-origin.ts";
import { requestId } from "./middleware/request-id.ts";
import { ROUTES, type RouteScope } from "./routes.ts";

/** The HTTP service. Every answer is JSON in OpenAI's shapes, also where nothing is found or something breaks. */
export const app = createApp();

function createApp(): Hono<AppEnv> {
  const hono = new Hono<AppEnv>({ strict: false });
  hono.use(requestId, crossOrigin);
  for (const prefix of ["/v1", ""]) {
    for (const { method, path, handler, scope, drawsLease } of ROUTES) {
      for (const guard of guardsOf(scope, drawsLease ?? false)) hono.on([method], [prefix + path], guard);
      hono.on([method], [prefix + path], handler);
    }
    for (const [path, methods] of methodsByPath()) hono.all(prefix + path, (context) => notAllowed(context, methods));
  }
  hono.notFound((context) => {
    const { method, path } = context.req;
    return respondWithError(context, { type: "unknown-url", method, path });
  });
  hono.onError((error, context) => {
    // The one handler of bugs. The message may quote a request, so only the place is logged.
    console.error(`${context.get("requestId")}: ${error.name} ${error.stack?.split("\n").slice(1, 4).join(" ") ?? ""}`);
    return respondWithError(context, { type: "internal" });
  });
  return hono;
}

/** What stands before a route's handler. */
function guardsOf(scope: RouteScope, drawsLease: boolean): readonly MiddlewareHandler<AppEnv>[] {
  switch (scope) {
    case "public":
      return [];
    case "deployment":
      return [deploymentAuthentication];
    default:
      return drawsLease ? [provedByLease(scope)] : [authentication, requireScope(scope)];
  }
}

function methodsByPath(): Map<string, string> {
  const methods = new Map<string, string>();
  for (const { method, path } of ROUTES) {
    const known = methods.get(path);
    methods.set(path, known === undefined ? method : `${known}, ${method}`);
  }
  return methods;
}

function notAllowed(context: AppContext, allowed: string): Response {
  const { method, path } = context.req;
  return respondWithError(context, { type: "method-not-allowed", method, path, allowed });
}
