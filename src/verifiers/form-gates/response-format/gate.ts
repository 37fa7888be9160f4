import { z } from "zod";
import type { FormGateDefinition } from "../../../core/form-gate.ts";
import type { Problem } from "../../../core/problem.ts";
import { type Check, compileSchema } from "../../schema.ts";

/** OpenAI's, as far as it asks for JSON. Without a schema any JSON will do. */
const format = z.discriminatedUnion("type", [
  z.object({ type: z.literal("json_object") }),
  z.object({
    type: z.literal("json_schema"),
    json_schema: z.object({ name: z.string().catch(""), schema: z.unknown().optional() }),
  }),
]);

/**
 * `response_format`: the whole text is JSON, an object for `json_object`, of the schema's shape for `json_schema`. As it
 * is: JSON in a code fence is what `.parse()` of the SDKs fails on. An answer that calls tools instead has no such text.
 *
 * The schema is read leniently, for a valid answer must not be lost to a keyword or a size that is not looked at here;
 * one that is no schema at all is refused.
 */
export const responseFormat: FormGateDefinition = {
  name: "response-format",
  summary: "The answer is JSON of the shape that response_format asks for.",
  isAsked: (problem) => formatOf(problem) !== null,
  fault: (problem) => {
    const asked = formatOf(problem);
    if (asked?.type !== "json_schema" || asked.json_schema.schema == null) return null;
    const compiled = compileSchema(asked.json_schema.schema, true);
    if (typeof compiled === "function") return null;
    const { name } = asked.json_schema;
    const place = `#/${compiled.path.join("/")}`;
    return {
      message: `Invalid schema for response_format '${name}': at ${place}: ${compiled.message}.`,
      param: "response_format.json_schema.schema",
    };
  },
  create: (problem) => {
    const check = checkOf(problem);
    return {
      name: "response-format",
      objectionTo: ({ text, toolCalls }) => {
        if (toolCalls.length > 0) return null;
        const value = parsed(text);
        return value === undefined ? "it is not JSON" : check(value, text.length);
      },
    };
  },
};

function formatOf({ forwarded }: Problem): z.infer<typeof format> | null {
  const asked = format.safeParse(forwarded.response_format);
  return asked.success ? asked.data : null;
}

function checkOf(problem: Problem): Check {
  const asked = formatOf(problem);
  if (asked?.type === "json_object") return (value) => (isObject(value) ? null : "it is not a JSON object");
  const schema = asked?.json_schema.schema ?? {};
  const compiled = compileSchema(schema, true);
  return typeof compiled === "function" ? compiled : () => null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
