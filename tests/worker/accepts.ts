import { type Schema, Validator } from "@cfworker/json-schema";
import type { OpenApiDocument } from "../../src/api/openapi/document.ts";

/** Whether a value is what the document calls by that name. */
export function accepts(document: Pick<OpenApiDocument, "components">, name: string, value: unknown): boolean {
  const schema = { ...document, $ref: `#/components/schemas/${name}` } as Schema;
  return new Validator(schema, "2020-12").validate(value).valid;
}
