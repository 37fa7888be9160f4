/** What may be used. An absent list allows everything, an empty one nothing. */
export interface AllowLists {
  readonly models?: readonly string[];
  readonly methods?: readonly string[];
  readonly verifiers?: readonly string[];
  /** Origins of URLs that a request names (webhooks, verifiers, its own provider), as `https://host[:port]`. */
  readonly origins?: readonly string[];
}

export type AllowListName = keyof AllowLists;

export const ALLOW_LIST_NAMES: readonly AllowListName[] = ["models", "methods", "verifiers", "origins"];

export interface Disallowed {
  readonly list: AllowListName;
  readonly value: string;
}

/** The first thing asked for that the lists do not allow; null when all is allowed. */
export function firstDisallowed(allowed: AllowLists, asked: AllowLists): Disallowed | null {
  for (const list of ALLOW_LIST_NAMES) {
    const value = (asked[list] ?? []).find((one) => allowed[list]?.includes(one) === false);
    if (value !== undefined) return { list, value };
  }
  return null;
}

/** The first list that allows what `outer` does not; null where `inner` only narrows. */
export function firstWidened(inner: AllowLists, outer: AllowLists): AllowListName | null {
  return ALLOW_LIST_NAMES.find((list) => !isNarrower(inner[list], outer[list])) ?? null;
}

function isNarrower(inner: readonly string[] | undefined, outer: readonly string[] | undefined): boolean {
  if (outer === undefined) return true;
  return inner?.every((value) => outer.includes(value)) ?? false;
}
