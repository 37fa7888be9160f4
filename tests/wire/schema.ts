import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Schema, Validator } from "@cfworker/json-schema";

interface Published {
  readonly source: string;
  readonly components: Readonly<Record<string, Schema>>;
}

const published: Published = JSON.parse(readFileSync(join(import.meta.dirname, "schema/openai.json"), "utf8"));
const validators = new Map(
  Object.entries(published.components)
    .filter(([name]) => name !== "ResponseStreamEvent")
    .map(([name, schema]) => [name, validatorOf(schema)]),
);

/** One validator a `type`: of a union of thirty, "none matches" would be no help to anybody. */
const eventValidators = new Map(eventsOf(published.components.ResponseStreamEvent ?? {}));

function eventsOf({ anyOf = [], $defs }: Schema): [unknown, Validator][] {
  return anyOf.map((event: Schema) => {
    const type = event.properties?.type;
    return [typeof type === "object" ? type.enum?.[0] : undefined, validatorOf({ ...event, $defs })];
  });
}

/** What of `value` is not as OpenAI's OpenAPI document has it; empty where it is valid. */
export function against(component: string, value: unknown): string[] {
  const validator = validators.get(component);
  if (validator === undefined) throw new Error(`no component ${component} in schema/openai.json`);
  return faultsOf(validator, value, component);
}

/** The same for one event of the Responses API. */
export function againstEvent(event: { readonly type?: unknown }): string[] {
  const validator = eventValidators.get(event.type);
  return validator === undefined
    ? [`no event of OpenAI's is called '${event.type}'`]
    : faultsOf(validator, event, String(event.type));
}

function validatorOf(schema: Schema): Validator {
  return new Validator(schema, "2020-12", true);
}

function faultsOf(validator: Validator, value: unknown, name: string): string[] {
  const { valid, errors } = validator.validate(value);
  if (valid) return [];
  // The innermost say what is wrong, the outer ones only that something is.
  const last = errors.slice(-3).map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`);
  return [`${name}: ${last.join("; ")} in ${JSON.stringify(value).slice(0, 600)}`];
}
