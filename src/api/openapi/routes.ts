import type { AppContext } from "../context.ts";
import type { Route } from "../routes.ts";
import { createDocument, type OpenApiDocument } from "./document.ts";
import { documentToPage } from "./page.ts";

/** Made at the first request and kept: it is the same for everyone, and most Workers are never asked. */
let made: OpenApiDocument | null = null;

function documentOf(routes: readonly Route[]): OpenApiDocument {
  made ??= createDocument(routes);
  return made;
}

/** GET /openapi.json. */
export function getOpenApi(context: AppContext, routes: readonly Route[]): Response {
  return context.json(documentOf(routes), 200, PUBLIC);
}

/** GET /docs. */
export function getDocs(context: AppContext, routes: readonly Route[]): Response {
  return context.html(documentToPage(documentOf(routes)), 200, {
    ...PUBLIC,
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
  });
}

const PUBLIC = { "cache-control": "public, max-age=3600" };
