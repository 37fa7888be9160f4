import { compilePattern, type Pattern } from "../pattern.ts";
import { checkKeyword, Fault, Unsupported } from "./keyword.ts";

/**
 * A schema of the request made safe to run: its patterns go to RE2 instead of the isolate's backtracking engine, only
 * references within it are followed, and what cannot be promised is refused instead of being skipped. A lenient reading
 * skips it, where that can only let more values pass.
 */
export interface SafeSchema {
  /** For the validator: a copy whose patterns are formats with the names of `patterns`, and which tells of each step. */
  readonly schema: Readonly<Record<string, unknown>>;
  readonly patterns: ReadonlyMap<string, Pattern>;
  /** Comparing all items of an array with each other takes their number squared. */
  readonly hasUniqueItems: boolean;
}

export interface SchemaFault {
  readonly message: string;
  /** The schema may be in order; it is not looked at here. */
  readonly isUnsupported: boolean;
  /** Where in the schema. */
  readonly path: Path;
}

const MAX_NESTING = 32;
const MAX_SUBSCHEMAS = 2000;

const SINGLE = new Set([
  ...["additionalItems", "unevaluatedItems", "contains", "additionalProperties", "unevaluatedProperties"],
  ...["propertyNames", "not", "if", "then", "else"],
]);
const LISTS = new Set(["prefixItems", "allOf", "anyOf", "oneOf"]);
const MAPS = new Set(["$defs", "definitions", "properties", "dependentSchemas"]);
/** Those that look at the same value: a reference back to itself through these alone never ends. */
const IN_PLACE = new Set(["allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas"]);
/** Formats whose check is linear in the text; others are notes to the reader, as JSON Schema has it. */
const FORMATS = new Set(["date", "time", "date-time", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"]);
/** Identifiers and notes: no reference goes by name, and the validator need not see them. */
const DROPPED = new Set(["$id", "id", "$schema", "$anchor", "$comment", "title", "description", "default", "examples"]);
/** Less demanded in there is more demanded of the value: nothing in them can be skipped, only the whole. */
const REVERSING = new Set(["not", "if", "oneOf", "contains"]);
/** Of what the other keywords have left over: where one of those is skipped, more is left over than there should be. */
const OF_THE_REST = new Set(["unevaluatedItems", "unevaluatedProperties"]);
const REFUSED = new Set(["patternProperties", "dependencies", "$dynamicRef", "$recursiveRef", "$dynamicAnchor"]);

type Json = Readonly<Record<string, unknown>>;
type Path = readonly (string | number)[];

interface Walk {
  readonly isLenient: boolean;
  /** Reversing keywords around the subschema that is looked at. */
  reversals: number;
  hasGaps: boolean;
  readonly root: unknown;
  readonly onStep: () => void;
  readonly patterns: Map<string, Pattern>;
  hasUniqueItems: boolean;
  subschemas: number;
  /** Subschemas seen, by their place ("#/properties/a"), and where they refer in place. */
  readonly places: Map<string, string[]>;
  readonly references: { readonly to: string; readonly path: Path }[];
}

/** `onStep` is called once for each look at a subschema, and may throw to end the validation. */
export function safeSchema(root: unknown, onStep: () => void, isLenient = false): SafeSchema | SchemaFault {
  const places = new Map<string, string[]>();
  const walk: Walk = {
    isLenient,
    reversals: 0,
    hasGaps: false,
    root,
    onStep,
    patterns: new Map(),
    hasUniqueItems: false,
    subschemas: 0,
    places,
    references: [],
  };
  try {
    if (!isObject(root)) throw new Fault("a schema is an object", []);
    const schema = copySubschema(root, walk, [], "#", []) as Json;
    for (const { to, path } of walk.references) {
      if (walk.places.has(to)) continue;
      throw new (walk.hasGaps ? Unsupported : Fault)(`'${to}' is no subschema of this schema`, path);
    }
    if (isCyclic(walk.places)) throw new Fault("a reference leads back to itself without an end", []);
    return { schema, patterns: walk.patterns, hasUniqueItems: walk.hasUniqueItems };
  } catch (error) {
    if (error instanceof Fault) {
      return { message: error.message, path: error.path, isUnsupported: error instanceof Unsupported };
    }
    throw error;
  }
}

/** `inPlace`: the subschemas that this one's place looks at with the same value. */
function copySubschema(given: unknown, walk: Walk, path: Path, place: string, inPlace: string[]): unknown {
  if (typeof given === "boolean") {
    walk.places.set(place, []);
    return given;
  }
  if (!isObject(given)) throw new Fault("a schema is an object or a boolean", path);
  const bar = barTo(given, walk, path);
  if (bar !== null) {
    if (!walk.isLenient || walk.reversals > 0) throw bar;
    walk.hasGaps = true;
    return true;
  }
  walk.places.set(place, inPlace);
  const copy: (readonly [string, unknown])[] = [];
  for (const [keyword, value] of Object.entries(given)) {
    if (DROPPED.has(keyword)) continue;
    const at = [...path, keyword];
    if (REVERSING.has(keyword)) walk.reversals++;
    try {
      if (walk.isLenient && isOfTheRest(keyword, given)) throw new Unsupported(`'${keyword}' is not supported`, at);
      const copied = copyKeyword(keyword, value, walk, at, `${place}/${keyword}`, inPlace);
      if (copied !== null) copy.push(copied);
    } catch (error) {
      const isAround = walk.reversals === (REVERSING.has(keyword) ? 1 : 0);
      if (!(walk.isLenient && isAround && error instanceof Unsupported)) throw error;
      walk.hasGaps = true;
    } finally {
      if (REVERSING.has(keyword)) walk.reversals--;
    }
  }
  return counted(merged(copy), walk.onStep);
}

/** Why nothing of a subschema can be looked at; null where its keywords can. */
function barTo(given: Json, walk: Walk, path: Path): Unsupported | null {
  if (path.length > 2 * MAX_NESTING) return new Unsupported(`nested deeper than ${MAX_NESTING}`, path);
  if (++walk.subschemas > MAX_SUBSCHEMAS) return new Unsupported(`more than ${MAX_SUBSCHEMAS} subschemas`, []);
  // In older drafts the keywords beside a reference do not count: without it they must not begin to.
  if (typeof given.$ref !== "string" || /^#(?:\/|$)/.test(given.$ref)) return null;
  return new Unsupported("'$ref' must be a pointer into this schema, such as #/$defs/a", [...path, "$ref"]);
}

function isOfTheRest(keyword: string, schema: Json): boolean {
  return OF_THE_REST.has(keyword) || (keyword === "additionalProperties" && "patternProperties" in schema);
}

/** A keyword for the validator, maybe as another one; null where it says nothing that is looked at. */
function copyKeyword(
  keyword: string,
  value: unknown,
  walk: Walk,
  path: Path,
  place: string,
  inPlace: string[],
): readonly [string, unknown] | null {
  if (REFUSED.has(keyword)) throw new Unsupported(`'${keyword}' is not supported`, path);
  checkKeyword(keyword, value, path);
  const own = IN_PLACE.has(keyword) ? inPlace : null;
  if (SINGLE.has(keyword) || (keyword === "items" && !Array.isArray(value))) {
    return [keyword, child(value, walk, path, place, own)];
  }
  if (LISTS.has(keyword) || keyword === "items") {
    const parts = value as readonly unknown[];
    return [keyword, parts.map((part, index) => child(part, walk, [...path, index], `${place}/${index}`, own))];
  }
  if (MAPS.has(keyword)) {
    const entries = Object.entries(value as Json).map(([name, part]): [string, unknown] => {
      return [name, child(part, walk, [...path, name], `${place}/${escaped(name)}`, own)];
    });
    return [keyword, Object.fromEntries(entries)];
  }
  if (keyword === "$ref") {
    const to = decoded(String(value));
    walk.references.push({ to, path });
    inPlace.push(to);
    return [keyword, value];
  }
  if (keyword === "pattern") return ["allOf", [{ format: patternFormat(String(value), walk, path) }]];
  if (keyword === "format" && !FORMATS.has(String(value))) return null;
  if (keyword === "uniqueItems" && value === true) walk.hasUniqueItems = true;
  return [keyword, value];
}

function child(value: unknown, walk: Walk, path: Path, place: string, inPlace: string[] | null): unknown {
  inPlace?.push(place);
  return copySubschema(value, walk, path, place, []);
}

/** A pattern's own `allOf` and the schema's are one. */
function merged(entries: readonly (readonly [string, unknown])[]): Json {
  const lists = entries.filter(([keyword]) => keyword === "allOf").map(([, parts]) => parts as readonly unknown[]);
  const rest = Object.fromEntries(entries.filter(([keyword]) => keyword !== "allOf"));
  return lists.length === 0 ? rest : { ...rest, allOf: lists.flat() };
}

function patternFormat(pattern: string, { patterns }: Walk, path: Path): string {
  const compiled = compilePattern(pattern);
  if ("fault" in compiled) throw new Unsupported(`not a usable pattern (${compiled.fault})`, path);
  const name = `pattern ${pattern}`;
  patterns.set(name, compiled);
  return name;
}

/** The validator reads this key whenever it looks at a subschema, and does nothing where it is undefined. */
const READ_AT_EACH_STEP = "$recursiveRef";

function counted(schema: Json, onStep: () => void): Json {
  return Object.defineProperty(schema, READ_AT_EACH_STEP, {
    enumerable: false,
    get: () => {
      onStep();
      return undefined;
    },
  });
}

/** References may be written as parts of a URI. */
function decoded(reference: string): string {
  try {
    return decodeURIComponent(reference);
  } catch {
    return reference;
  }
}

/** The part of a JSON pointer that a name is. */
function escaped(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** Is there a way around through references and subschemas of the same value? */
function isCyclic(places: ReadonlyMap<string, readonly string[]>): boolean {
  const finished = new Set<string>();
  const open = new Set<string>();
  const leadsBack = (place: string): boolean => {
    if (finished.has(place)) return false;
    if (open.has(place)) return true;
    open.add(place);
    const isBack = (places.get(place) ?? []).some(leadsBack);
    open.delete(place);
    finished.add(place);
    return isBack;
  };
  return [...places.keys()].some(leadsBack);
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
