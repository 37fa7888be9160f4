import { isSolvable } from "../../src/verifiers/game-of-24/solver.ts";
import { type Rational, rational } from "../../src/verifiers/rational.ts";

/** The largest number dealt: a king is 13. */
const MAX_NUMBER = 13;
const MAX_OTHER_NUMBER = 24;

/** All 1,820 multisets of four numbers from 1 to 13, ascending. */
export function allHands(): readonly (readonly Rational[])[] {
  const hands: (readonly Rational[])[] = [];
  for (let a = 1; a <= MAX_NUMBER; a++)
    for (let b = a; b <= MAX_NUMBER; b++)
      for (let c = b; c <= MAX_NUMBER; c++) for (let d = c; d <= MAX_NUMBER; d++) hands.push(integers([a, b, c, d]));
  return hands;
}

/** The 1,362 hands that can make 24. */
export function solvableHands(): readonly (readonly Rational[])[] {
  return allHands().filter((hand) => isSolvable(hand));
}

/** Multisets of three numbers up to 13 and one from 14 to 24: no hands of the game, but the same task. */
export function otherHands(): readonly (readonly Rational[])[] {
  const hands: (readonly Rational[])[] = [];
  for (let a = 1; a <= MAX_NUMBER; a++)
    for (let b = a; b <= MAX_NUMBER; b++)
      for (let c = b; c <= MAX_NUMBER; c++)
        for (let d = MAX_NUMBER + 1; d <= MAX_OTHER_NUMBER; d++) hands.push(integers([a, b, c, d]));
  return hands;
}

export function integers(values: readonly number[]): readonly Rational[] {
  return values.map((value) => rational(value)).filter((value) => value !== null);
}
