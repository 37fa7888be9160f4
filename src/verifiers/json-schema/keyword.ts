/** What is wrong with a schema, and where. */
export class Fault extends Error {
  readonly path: readonly (string | number)[];

  constructor(message: string, path: readonly (string | number)[]) {
    super(message);
    this.path = path;
  }
}

/** A fault of ours: JSON Schema has it, and this service does not look at it. */
export class Unsupported extends Fault {}

const TYPES = new Set(["string", "number", "integer", "boolean", "object", "array", "null"]);
const LISTS_OF_SCHEMAS = new Set(["prefixItems", "allOf", "anyOf", "oneOf"]);
const MAPS_OF_SCHEMAS = new Set(["$defs", "definitions", "properties", "dependentSchemas"]);
const COUNTS = new Set([
  ...["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"],
  ...["minContains", "maxContains"],
]);
const NUMBERS = new Set(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]);
/** Enumerations are looked through item by item. */
const MAX_ENUM = 2000;

/** Throws a `Fault` for a keyword whose value the validator would misread; subschemas are looked at elsewhere. */
export function checkKeyword(keyword: string, value: unknown, path: readonly (string | number)[]): void {
  const demand = demandOf(keyword, value);
  if (demand !== null) throw new Fault(`'${keyword}' must be ${demand}`, path);
}

/** What the value of a keyword has to be and is not. */
function demandOf(keyword: string, value: unknown): string | null {
  if (keyword === "type") return isType(value) ? null : `one of ${[...TYPES].join(", ")}, or a list of them`;
  if (keyword === "enum") {
    return Array.isArray(value) && value.length <= MAX_ENUM ? null : `a list of at most ${MAX_ENUM} values`;
  }
  if (keyword === "required") return isTexts(value) ? null : "a list of names";
  if (keyword === "dependentRequired") {
    return isObject(value) && Object.values(value).every(isTexts) ? null : "an object of lists of names";
  }
  if (keyword === "pattern" || keyword === "format") return typeof value === "string" ? null : "a string";
  if (keyword === "$ref") return typeof value === "string" ? null : "a string";
  if (keyword === "uniqueItems") return typeof value === "boolean" ? null : "true or false";
  if (COUNTS.has(keyword)) return Number.isInteger(value) && Number(value) >= 0 ? null : "a whole number from 0";
  if (NUMBERS.has(keyword)) {
    const isNumber = typeof value === "number" && Number.isFinite(value);
    return isNumber && (keyword !== "multipleOf" || value > 0) ? null : "a number";
  }
  if (LISTS_OF_SCHEMAS.has(keyword)) return Array.isArray(value) && value.length > 0 ? null : "a list of schemas";
  if (MAPS_OF_SCHEMAS.has(keyword)) return isObject(value) ? null : "an object of schemas";
  return null;
}

function isType(value: unknown): boolean {
  return Array.isArray(value)
    ? value.length > 0 && value.every((one) => TYPES.has(one))
    : typeof value === "string" && TYPES.has(value);
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
