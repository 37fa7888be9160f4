import { format, type OutputUnit, type Schema, type SchemaDraft, Validator } from "@cfworker/json-schema";
import { type SchemaFault, safeSchema } from "./schema.ts";

/** Why a value is not of the schema's shape; null where it is. Never throws. */
export type Check = (value: unknown, length: number) => string | null;

/** Subschemas looked at for one value; a schema can demand exponentially many. */
const MAX_STEPS = 50_000;
/** Characters of a text with arrays whose items have to differ from each other. */
const MAX_UNIQUE_LENGTH = 20_000;
const MAX_REASON_LENGTH = 300;
/** Deeper values would overflow the stack of the validator. */
export const MAX_DEPTH = 64;

/**
 * A schema as a check, or what is wrong with it. A lenient check lets pass what it cannot look at: keywords that are not
 * supported, schemas and values that are too large. What it objects to is wrong all the same.
 */
export function compileSchema(schema: unknown, isLenient = false): Check | SchemaFault {
  let steps = 0;
  const countStep = (): void => {
    if (++steps > MAX_STEPS) throw new Error("too many steps");
  };
  const safe = safeSchema(schema, countStep, isLenient);
  if ("message" in safe) return isLenient && safe.isUnsupported ? () => null : safe;
  const unchecked = (reason: string): string | null => (isLenient ? null : reason);
  const validator = new Validator(safe.schema as Schema, draftOf(schema));
  return (value, length) => {
    if (isDeeper(value, MAX_DEPTH)) return unchecked(`nested deeper than ${MAX_DEPTH}`);
    if (safe.hasUniqueItems && length > MAX_UNIQUE_LENGTH) {
      return unchecked(`longer than the ${MAX_UNIQUE_LENGTH} characters in which items are compared with each other`);
    }
    steps = 0;
    // The validator knows formats by name, in a list of its own: ours are in it while it runs, and it runs at once.
    for (const [name, pattern] of safe.patterns) format[name] = (text) => pattern.find(text) !== null;
    try {
      const { valid, errors } = validator.validate(value);
      return valid ? null : reasonOf(errors);
    } catch {
      return unchecked("too large to be checked against this schema");
    } finally {
      for (const name of safe.patterns.keys()) delete format[name];
    }
  };
}

export function isDeeper(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return depth === 0 || Object.values(value).some((one) => isDeeper(one, depth - 1));
}

const DRAFTS: readonly (readonly [RegExp, SchemaDraft])[] = [
  [/draft-0[34]/, "4"],
  [/draft-0[67]/, "7"],
  [/2019-09/, "2019-09"],
];

function draftOf(schema: unknown): SchemaDraft {
  const named = typeof schema === "object" && schema !== null && "$schema" in schema ? String(schema.$schema) : "";
  return DRAFTS.find(([pattern]) => pattern.test(named))?.[1] ?? "2020-12";
}

/** Keywords whose error says only that there is one further in. */
const AROUND = new Set([
  ...["properties", "additionalProperties", "items", "prefixItems", "$ref", "allOf", "anyOf", "oneOf", "not", "if"],
  ...["then", "else", "contains", "dependentSchemas"],
]);

function reasonOf(errors: readonly OutputUnit[]): string {
  const error = errors.find(({ keyword }) => !AROUND.has(keyword)) ?? errors[0];
  if (error === undefined) return "not of the schema's shape";
  const said = error.error.replace('format "pattern ', 'pattern "');
  return `at ${error.instanceLocation}: ${said}`.slice(0, MAX_REASON_LENGTH);
}
