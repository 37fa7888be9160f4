import { z } from "zod";
import { lastJson } from "../../core/answer/json.ts";
import type { Problem } from "../../core/problem.ts";
import { defineVerifier, localVerifier, type Score } from "../../core/verifier.ts";
import { type Check, compileSchema, isDeeper, MAX_DEPTH } from "./check.ts";

const MAX_SCHEMA_LENGTH = 50_000;
/** Longer texts are not parsed. */
const MAX_TEXT_LENGTH = 100_000;

const parameters = z
  .strictObject({
    /** JSON Schema; absent: the one in the request's `response_format`. */
    schema: z.looseObject({}).optional(),
    /** True: the last JSON value of a text counts; else the whole text has to be JSON. */
    embedded: z.boolean().default(false),
  })
  .superRefine(({ schema }, context) => {
    if (schema === undefined) return;
    const fault = faultOf(schema);
    if (fault !== null) {
      context.addIssue({ code: "custom", path: ["schema", ...fault.path], message: fault.message });
    }
  });

/** A verdict on the shape of a JSON answer: it says nothing about whether the answer is right. */
export const jsonSchema = defineVerifier({
  name: "json-schema",
  summary: "The answer is JSON of the shape that a schema asks for.",
  isExact: true,
  isAutomatic: false,
  scoresSteps: false,
  parameters,
  prompts: [],
  refusal: (problem, _model, _prompts, { schema }) => {
    const asked = schema ?? schemaOfRequest(problem);
    if (asked === undefined) return "it needs a schema, and neither it nor response_format.json_schema brings one";
    const fault = faultOf(asked);
    return fault === null
      ? null
      : `the schema of response_format is not usable at ${pointer(fault.path)}: ${fault.message}`;
  },
  create: (_context, { schema, embedded }) => {
    // The request's schema is the same for all its candidates: it is compiled once.
    let compiled: { readonly of: unknown; readonly check: Check | null } | null = null;
    const checkFor = (problem: Problem): Check | null => {
      const asked = schema ?? schemaOfRequest(problem);
      if (compiled === null || compiled.of !== asked) {
        const result = compileSchema(asked);
        compiled = { of: asked, check: typeof result === "function" ? result : null };
      }
      return compiled.check;
    };
    return localVerifier({ name: "json-schema", scope: "complete", isComparative: false }, (problem, candidates) => {
      const check = checkFor(problem);
      return candidates.map(({ isComplete, text }) => {
        if (!isComplete || check === null) return null;
        const fault = faultIn(text, embedded, check);
        return verdict(fault === null ? 1 : 0, fault ?? "of the schema's shape");
      });
    });
  },
});

function verdict(value: 0 | 1, reason: string): Score {
  return { value, kind: "verdict", reason, verifier: "json-schema" };
}

function faultIn(text: string, embedded: boolean, check: Check): string | null {
  if (text.length > MAX_TEXT_LENGTH) return `longer than the ${MAX_TEXT_LENGTH} characters that are parsed`;
  const value = embedded ? lastJson(text) : parsed(text);
  if (value === undefined) return embedded ? "there is no JSON in it" : "it is not JSON";
  return check(value, text.length);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function faultOf(schema: unknown): { readonly message: string; readonly path: readonly (string | number)[] } | null {
  if (isDeeper(schema, MAX_DEPTH)) return { message: `nested deeper than ${MAX_DEPTH}`, path: [] };
  if (JSON.stringify(schema).length > MAX_SCHEMA_LENGTH) {
    return { message: `longer than ${MAX_SCHEMA_LENGTH} characters`, path: [] };
  }
  const compiled = compileSchema(schema);
  return typeof compiled === "function" ? null : compiled;
}

function pointer(path: readonly (string | number)[]): string {
  return `#/${path.join("/")}`;
}

/** OpenAI's `response_format: {"type": "json_schema", "json_schema": {"schema": ...}}`. */
function schemaOfRequest({ forwarded }: Problem): unknown {
  const asked = forwarded.response_format;
  if (typeof asked !== "object" || asked === null || !("json_schema" in asked)) return undefined;
  const { json_schema: named } = asked;
  return typeof named === "object" && named !== null && "schema" in named ? named.schema : undefined;
}
