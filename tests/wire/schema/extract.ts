import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * Writes openai.json beside this file: the components of OpenAI's OpenAPI document that our answers must be valid
 * against, as JSON Schema (2020-12) without descriptions.
 *
 *     node tests/wire/schema/extract.ts
 *
 * The document is published as https://app.stainless.com/api/spec/documented/openai/openapi.documented.yml (MIT). It is
 * taken from the npm package `@effect/ai-openai` (MIT), whose `Generated` is generated from it, since a package of one
 * version can be had again and a URL's content cannot. The package loosens a few fields of the Responses API (a `user`
 * of null, a `usage` of null before the end, a missing `name` in `function_call_arguments.done`) and adds nothing that
 * we send. Its generator loses the null of four fields (a chunk's `logprobs` and its two lists, `safety_identifier`)
 * and leaves a union of one, where OpenAI's own Node SDK, generated from the same document, has `| null`: mended here. And a format's
 * `description` may be null, as the Open Responses schemas want it, whatever the document says.
 */
const PACKAGE = "@effect/ai-openai";
const VERSION = "4.0.0-beta.106";
const COMPONENTS = [
  "CreateChatCompletionStreamResponse",
  "CreateChatCompletionResponse",
  "CreateCompletionResponse",
  "ChatCompletionList",
  "ChatCompletionDeleted",
  "ChatCompletionMessageList",
  "Response",
  "ResponseItemList",
  "ErrorResponse",
  "ListModelsResponse",
  "Model",
];
/** Of the fifty and more events, those about lifecycle, text, refusals, reasoning and functions. */
const EVENTS =
  /^error$|^response\.(created|queued|in_progress|completed|incomplete|failed|output_item\.|content_part\.|output_text\.|refusal\.|reasoning_|function_call_arguments\.)/;

type Schema = { readonly [key: string]: unknown };
interface Document {
  readonly schema: Schema;
  readonly definitions: Readonly<Record<string, Schema>>;
}

const directory = mkdtempSync(join(tmpdir(), "espalier-schema-"));
try {
  writeFileSync(join(directory, "package.json"), "{}");
  const packages = [`${PACKAGE}@${VERSION}`, `effect@${VERSION}`];
  execFileSync("npm", ["install", "--ignore-scripts", "--no-audit", ...packages], { cwd: directory, stdio: "inherit" });
  const module = (name: string) => import(pathToFileURL(join(directory, "node_modules", name)).href);
  const generated = await module(`${PACKAGE}/dist/Generated.js`);
  const { toJsonSchemaDocument } = await module("effect/dist/Schema.js");
  const documentOf = (name: string): Document => withoutProse(toJsonSchemaDocument(generated[name])) as Document;
  const components: Record<string, Schema> = Object.fromEntries(
    COMPONENTS.map((name) => [name, selfContained(documentOf(name))]),
  );
  const { schema, definitions } = documentOf("ResponseStreamEvent");
  const events = (schema.anyOf as { properties: { type: { enum: string[] } } }[]).filter((event) =>
    EVENTS.test(event.properties.type.enum[0] ?? ""),
  );
  components.ResponseStreamEvent = selfContained({ schema: { anyOf: events }, definitions });
  const source = `OpenAI's OpenAPI document, by npm ${PACKAGE} ${VERSION}; MIT; written by extract.ts`;
  const lines = Object.entries(components).map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  const file = join(import.meta.dirname, "openai.json");
  writeFileSync(file, `{"source":${JSON.stringify(source)},"components":{\n${lines.join(",\n")}\n}}\n`);
  console.log(`${file}: ${readFileSync(file).byteLength} bytes`);
} finally {
  rmSync(directory, { recursive: true, force: true });
}

/** Also without `additionalProperties: false`, which is the generator's and not the document's, and with the lost nulls. */
function withoutProse(document: unknown): unknown {
  const text = JSON.stringify(document, (key, value) => {
    if ((key === "description" || key === "title" || key === "format") && typeof value === "string") return undefined;
    if (key === "properties" && value.type?.enum?.[0] === "json_schema" && value.description !== undefined) {
      return { ...value, description: { type: ["string", "null"] } };
    }
    if (key === "anyOf" && value.length === 1) return [...value, { type: "null" }];
    return key === "additionalProperties" && value === false ? undefined : value;
  });
  return JSON.parse(text);
}

/** With the definitions that it leads to, and no others. */
function selfContained({ schema, definitions }: Document): Schema {
  const needed = new Map<string, Schema>();
  const visit = (value: unknown): void => {
    for (const [, name = ""] of JSON.stringify(value).matchAll(/"#\/\$defs\/([^"]+)"/g)) {
      const definition = definitions[name];
      if (definition === undefined || needed.has(name)) continue;
      needed.set(name, definition);
      visit(definition);
    }
  };
  visit(schema);
  return { ...schema, ...(needed.size > 0 && { $defs: Object.fromEntries(needed) }) };
}
