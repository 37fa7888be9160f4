/**
 * Which hands the model never sees, as a written rule that anybody can recompute:
 *
 *   1. Write each of the 1,362 solvable hands ascending, separated by spaces ("4 9 10 13").
 *   2. Rank them by the FNV-1a 32-bit hash of that text (ties, of which there are none, by the text).
 *   3. The first 200 are the test split ("held out"), the next 100 the validation split, the rest is for training.
 *
 * Caveat, printed wherever numbers are printed: test hands are unseen, but many of the three-number states they lead
 * to can also be reached from training hands.
 */
import { formatState, type Rational } from "../../src/verifiers/rational.ts";
import { solvableHands } from "./hands.ts";

export type Split = "test" | "validation" | "train";

const TEST_HANDS = 200;
const VALIDATION_HANDS = 100;

export const SPLIT_CAVEAT =
  "Test hands are unseen in training, but many of the three-number states they lead to can also be reached from " +
  "training hands. An exhaustive solver needs milliseconds: this task is a demonstration, not a product.";

/** The solvable hands of one split, in hash order. */
export function handsOfSplit(split: Split): readonly (readonly Rational[])[] {
  const ranked = solvableHands()
    .map((hand) => ({ hand, text: formatState(hand) }))
    .map(({ hand, text }) => ({ hand, text, hash: fnv1a32(text) }))
    .sort((left, right) => left.hash - right.hash || (left.text < right.text ? -1 : 1))
    .map(({ hand }) => hand);
  const validationEnd = TEST_HANDS + VALIDATION_HANDS;
  switch (split) {
    case "test":
      return ranked.slice(0, TEST_HANDS);
    case "validation":
      return ranked.slice(TEST_HANDS, validationEnd);
    case "train":
      return ranked.slice(validationEnd);
  }
}

/** FNV-1a, 32 bit, over the UTF-8 bytes (Fowler, Noll and Vo). */
export function fnv1a32(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
