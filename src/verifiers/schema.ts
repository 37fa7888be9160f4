/** JSON Schema with bounds on its time, for the verifier `json-schema` and for the gates. See `json-schema/check.ts`. */
export { type Check, compileSchema } from "./json-schema/check.ts";
export type { SchemaFault } from "./json-schema/schema.ts";
