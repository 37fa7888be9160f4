import { z } from "zod";

/** JSON Schema as a part of an OpenAPI 3.1 document, which is plain JSON Schema 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What a zod schema of ours accepts, in JSON Schema: the document cannot say another thing than the validation does. */
export function toJsonSchema(schema: z.ZodType): JsonSchema {
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    target: "draft-2020-12",
    io: "input",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      if (!isShorthand(zodSchema)) return;
      const long = { ...jsonSchema };
      for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
      jsonSchema.anyOf = [{ type: "string" }, long];
    },
  });
  return rest;
}

/** Words that the schemas with a short form take: a text, and the source of the answer. */
const SHORT_FORMS = ["text", "auto"];

/** A `z.preprocess` that also takes a string for the long form: its function is code, so it is asked. */
function isShorthand(schema: z.core.$ZodType): boolean {
  const { def } = schema._zod;
  if (def.type !== "pipe" || (def as z.core.$ZodPipeDef).in._zod.def.type !== "transform") return false;
  return SHORT_FORMS.some((word) => z.safeParse(schema, word).success);
}
