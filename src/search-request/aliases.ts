/**
 * Names by which others know the methods and verifiers that we have under another: WIRE.md 4.2, its_hub, and the papers.
 * What has no counterpart here ("debate") is no alias of something else: it is refused, with the list of what there is.
 */
const METHODS: Readonly<Record<string, string>> = {
  bon: "best-of-n",
  none: "single",
  refine: "revision",
  "self-refine": "revision",
  "beam-search": "beam",
  "particle-filtering": "particle-filter",
};

/** A log-probability alone says how usual a text is, not how good: asked for, it is the model's own P(True). */
const VERIFIERS: Readonly<Record<string, string>> = {
  majority: "agreement",
  "llm-judge": "judge",
  schema: "json-schema",
  "code-tests": "unit-tests",
  logprob: "self-evaluation",
};

/** Null is the same as absent; a judge's rubric goes by `criteria` as well. */
export function verifierParams(
  verifier: string,
  params: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const said = Object.fromEntries(Object.entries(params).filter(([, value]) => value !== null && value !== undefined));
  if (verifier !== "judge" || !("criteria" in said) || "rubric" in said) return said;
  const { criteria, ...others } = said;
  return { ...others, rubric: criteria };
}

/** Underscores are accepted for hyphens in every name. */
export function hyphenated(text: string): string {
  return text.replaceAll("_", "-");
}

/** Our name of a method; the text itself, hyphenated, where it is no alias. */
export function methodNamed(text: string): string {
  return named(METHODS, text);
}

export function verifierNamed(text: string): string {
  return named(VERIFIERS, text);
}

export const METHOD_ALIASES: readonly string[] = Object.keys(METHODS);

function named(aliases: Readonly<Record<string, string>>, text: string): string {
  const name = hyphenated(text);
  return (Object.hasOwn(aliases, name) ? aliases[name] : undefined) ?? name;
}
