import { randomBase62 } from "../keys/format.ts";

/** 26 base62 characters: 154 bits, so that nobody guesses one. */
const SUFFIX_LENGTH = 26;

export function createSearchId(): string {
  return `srch_${randomBase62((length) => crypto.getRandomValues(new Uint8Array(length)), SUFFIX_LENGTH)}`;
}

export function isSearchId(text: string): boolean {
  return /^srch_[0-9A-Za-z]{26,64}$/.test(text);
}

/** The completion's id: the same suffix, so that one names the other. */
export function completionIdOf(searchId: string): string {
  return `chatcmpl-${searchId.slice("srch_".length)}`;
}
