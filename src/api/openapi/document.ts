import { METHODS } from "../../methods/index.ts";
import { searchSchema } from "../../search-object.ts";
import { STRATEGIES } from "../../search-request/names.ts";
import { CODE_VERSION } from "../../version.ts";
import { ADMIN_OPERATIONS } from "../admin/operations.ts";
import { adminSchemas } from "../admin/schemas.ts";
import { chatRequestSchema } from "../chat-completions/request.ts";
import { completionUpdateSchema } from "../chat-completions/stored/metadata.ts";
import { completionRequestSchema } from "../completions/request.ts";
import { responseRequestSchema } from "../responses/request.ts";
import type { Route, RouteScope } from "../routes.ts";
import { ANSWER_SCHEMAS } from "./answers.ts";
import { ERROR_SCHEMA, errorResponses } from "./errors.ts";
import { OPERATIONS, type Operation } from "./operations.ts";
import { type JsonSchema, toJsonSchema } from "./schema.ts";

/** One operation as the document has it. */
export interface DocumentedOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly description?: string }[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content: object }>>;
  readonly security: readonly object[];
}

export interface OpenApiDocument {
  readonly openapi: "3.1.0";
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly { readonly url: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>>; readonly securitySchemes: object };
}

/**
 * The API in OpenAPI 3.1: the paths are the routes that are served, the requests the schemas that validate them, the
 * errors those of the error table. A route that `OPERATIONS` does not describe is left out, which a test forbids.
 */
export function createDocument(routes: readonly Pick<Route, "method" | "path" | "scope">[]): OpenApiDocument {
  const paths: Record<string, Record<string, DocumentedOperation>> = {};
  for (const { method, path, scope } of routes) {
    const template = toTemplate(path);
    const operation = ALL_OPERATIONS[`${method} ${template.replace(/^\/\{strategy\}/, "")}`];
    if (operation === undefined) continue;
    const documented = toDocumented(method, template, operation, scope);
    paths[template] = { ...paths[template], [method.toLowerCase()]: documented };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Espalier",
      version: CODE_VERSION,
      description: "OpenAI's API, whose answers are searched for. Any client of OpenAI's works with this base URL.",
    },
    servers: [{ url: "/v1", description: "The same without `/v1`; a trailing slash is accepted everywhere." }],
    paths,
    components: {
      schemas: { ...requestSchemas(), ...ANSWER_SCHEMAS, ...adminSchemas(), Error: ERROR_SCHEMA },
      securitySchemes: { key: { type: "http", scheme: "bearer", description: "A key of this service: `esp_...`." } },
    },
  };
}

/** Hono's `/models/:id{.+}` is `/models/{id}` here. */
export function toTemplate(path: string): string {
  return path.replace(/:(\w+)(?:\{(?:[^{}]|\{[^{}]*\})*\})?/g, "{$1}");
}

function requestSchemas(): Record<string, JsonSchema> {
  const names = METHODS.map(({ name }) => name).join(", ");
  return {
    ChatCompletionRequest: withSearch(toJsonSchema(chatRequestSchema)),
    CompletionRequest: withSearch(toJsonSchema(completionRequestSchema)),
    ResponseRequest: withSearch(toJsonSchema(responseRequestSchema)),
    CompletionUpdate: toJsonSchema(completionUpdateSchema),
    SearchSetting: {
      description: "How to search. A string is a method's or a preset's name, `false` is no search.",
      anyOf: [{ $ref: "#/components/schemas/SearchObject" }, { type: "string" }, { type: "boolean" }, { type: "null" }],
    },
    SearchObject: {
      description: `Strict: a field that is not known is an error. Methods: auto, ${names}; hyphens or underscores.`,
      ...toJsonSchema(searchSchema),
    },
  };
}

function withSearch(schema: JsonSchema): JsonSchema {
  return {
    ...schema,
    properties: { ...(schema.properties as object), search: { $ref: "#/components/schemas/SearchSetting" } },
  };
}

function toDocumented(method: string, template: string, operation: Operation, scope: RouteScope): DocumentedOperation {
  const { summary, description, body, query = {}, answer, errors, isSearch } = operation;
  const isPublic = scope === "public";
  const keyErrors = isPublic
    ? []
    : (["missing-key", "invalid-key", ...(scope === "deployment" ? [] : MISSING_SCOPE)] as const);
  return {
    operationId: operationId(method, template),
    summary,
    ...(description !== undefined && { description }),
    parameters: [
      ...[...template.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => pathParameter(name)),
      ...Object.entries(query).map(([name, schema]) => queryParameter(name, schema)),
      ...(isSearch ? SEARCH_HEADERS : []),
    ],
    ...(body !== undefined && { requestBody: { required: true, content: { "application/json": schemaRef(body) } } }),
    responses: {
      [operation.status ?? 200]: {
        description: operation.status === 202 ? "Accepted" : "OK",
        content: Object.fromEntries(
          Object.entries(answer).map(([type, name]) => [
            type,
            name === null ? { schema: { type: "string" } } : schemaRef(name),
          ]),
        ),
      },
      ...errorResponses([...keyErrors, ...errors, "internal"]),
    },
    security: isPublic ? [] : [{ key: scope === "deployment" ? [] : [scope] }],
  };
}

const ALL_OPERATIONS = { ...OPERATIONS, ...ADMIN_OPERATIONS };

const MISSING_SCOPE = ["missing-scope"] as const;

/** "post_chat_completions"; those below a strategy have names of their own. */
function operationId(method: string, template: string): string {
  const words = template.split(/[^\w]+/).filter((word) => word !== "");
  return [method.toLowerCase(), ...words].join("_");
}

function schemaRef(name: string) {
  return { schema: { $ref: `#/components/schemas/${name}` } };
}

/** An object's fields are written `name[field]=value`. */
function queryParameter(name: string, schema: JsonSchema) {
  return { name, in: "query", schema, ...(schema.type === "object" && { style: "deepObject", explode: true }) };
}

function pathParameter(name: string) {
  const isStrategy = name === "strategy";
  return {
    name,
    in: "path",
    required: true,
    ...(isStrategy && { description: "A preset or a method, with a number of candidates behind it where wanted." }),
    schema: { type: "string", ...(isStrategy && { pattern: `^(?:${STRATEGIES.join("|")})(?:-[0-9]+)?$` }) },
  };
}

const SEARCH_HEADERS = [
  { name: "X-Search", description: "The `search` object as JSON, or a method's name." },
  { name: "X-Search-Method", description: "A method's name." },
  { name: "X-Search-Budget", description: "As `rollouts=16,usd=0.25,ms=45000`; also calls, tokens, parallel." },
  { name: "X-Strict-Params", description: "`1`: a top-level parameter that would be ignored is a 400." },
].map((header) => ({ ...header, in: "header", schema: { type: "string" } }));
