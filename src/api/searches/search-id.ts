import { digestOf, randomBase62 } from "../keys/format.ts";

/** 26 base62 characters: 154 bits, so that nobody guesses one. */
const SUFFIX_LENGTH = 26;

export function createSearchId(): string {
  return `srch_${randomBase62((length) => crypto.getRandomValues(new Uint8Array(length)), SUFFIX_LENGTH)}`;
}

/** Hexadecimal digits of an id that is derived: 160 bits, so that no two places meet by chance. */
const DERIVED_LENGTH = 40;

/** The id that a tenant's requests derive from the same text. No other tenant's: ids are keys of one table. */
export async function searchIdAt(tenantCode: string, place: string): Promise<string> {
  return `srch_${(await digestOf(JSON.stringify([tenantCode, place]))).slice(0, DERIVED_LENGTH)}`;
}

export function isSearchId(text: string): boolean {
  return /^srch_[0-9A-Za-z]{26,64}$/.test(text);
}

/** The completion's id: the same suffix, so that one names the other. */
export function completionIdOf(searchId: string): string {
  return `${COMPLETION_PREFIX}${searchId.slice("srch_".length)}`;
}

/** Null where it is no id of ours. */
export function searchIdOfCompletion(completionId: string): string | null {
  if (!completionId.startsWith(COMPLETION_PREFIX)) return null;
  const searchId = `srch_${completionId.slice(COMPLETION_PREFIX.length)}`;
  return isSearchId(searchId) ? searchId : null;
}

const COMPLETION_PREFIX = "chatcmpl-";
