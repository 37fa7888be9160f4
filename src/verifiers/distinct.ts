import { deriveSeed } from "../core/random.ts";
import type { Candidate } from "../core/verifier.ts";

/** Candidates that say the same are one entrant: they get the same score, and nothing is paid for comparing them. */
export function distinctTexts(candidates: readonly Candidate[]): string[] {
  return [...new Set(candidates.map(textOf))];
}

export function textOf({ text }: Candidate): string {
  return text.trim();
}

/** In an order that depends on the texts and the seed alone, so that nobody gains by having come first. */
export function shuffled(texts: readonly string[], seed: number, label: string): string[] {
  const keyed = texts.map((text) => ({ text, key: deriveSeed(seed, label, text) }));
  return keyed.sort((a, b) => a.key - b.key || (a.text < b.text ? -1 : 1)).map(({ text }) => text);
}
