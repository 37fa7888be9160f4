import Fraction from "fraction.js";
import { type Expression, variablesOf } from "./expression.ts";

/** What each variable stands for. */
export type Values = ReadonlyMap<string, Fraction>;

/** Answers with more variables are compared as texts. */
const MAX_VARIABLES = 8;

/** First coordinates of the fixed points: whole numbers for factorials and the like, fractions, negative ones. */
const FIXED: readonly Fraction[] = [
  [2, 1],
  [5, 1],
  [7, 1],
  [3, 7],
  [29, 11],
  [-5, 3],
  [-11, 13],
  [-3, 1],
  [1, 17],
].map(([above = 1, below = 1]) => new Fraction(above, below));
/** Points that depend on the expressions: who knows the fixed ones cannot write an answer that is right at just these. */
const DRAWN = 4;

/**
 * Where two expressions are compared: the same points for either order of the two. One without coordinates where there
 * are no variables, none where there are too many.
 */
export function pointsFor(left: Expression, right: Expression): readonly Values[] {
  const variables = [...variablesOf(right, variablesOf(left))].sort();
  if (variables.length === 0) return [new Map()];
  if (variables.length > MAX_VARIABLES) return [];
  const seed = (hashOf(left, FIRST) ^ hashOf(right, FIRST)) >>> 0;
  const points: Values[] = [];
  for (let index = 0; index < FIXED.length + DRAWN; index++) {
    points.push(new Map(variables.map((name, place) => [name, coordinate(index, place, seed)])));
  }
  return points;
}

/** The variables of one point lie far enough apart that no two are equal or opposite. */
function coordinate(index: number, place: number, seed: number): Fraction {
  const fixed = FIXED[(index + 4 * place) % FIXED.length] ?? new Fraction(1);
  if (index < 3) return fixed.add(3 * place);
  if (index < FIXED.length) return fixed.add(new Fraction(place, 19));
  const drawn = mixed(seed, index * MAX_VARIABLES + place);
  const size = new Fraction((drawn % 9973) + 1, 1009 + (drawn % 17));
  // Half of them positive in all variables: there roots and logarithms have their values.
  return index % 2 === 0 || drawn % 2 === 0 ? size : size.neg();
}

/** FNV-1a, 32 bits. */
const FIRST = 0x811c9dc5;
const PRIME = 0x01000193;

function mixed(hash: number, value: number): number {
  return Math.imul(hash ^ value, PRIME) >>> 0;
}

function hashOfText(text: string, start: number): number {
  let hash = start;
  for (let index = 0; index < text.length; index++) hash = mixed(hash, text.charCodeAt(index));
  return hash;
}

function hashOf(expression: Expression, start: number): number {
  if (expression.type === "number") return hashOfText(expression.value.toFraction(), start);
  const named = hashOfText(expression.name, start);
  return expression.type === "symbol"
    ? named
    : expression.operands.reduce((hash, operand) => hashOf(operand, hash), mixed(named, expression.operands.length));
}
