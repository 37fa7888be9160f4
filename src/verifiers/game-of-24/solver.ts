/**
 * The exact solver. It exists for the corpus, the tests and the baselines. The search must never import it as a value:
 * a search that could look up the answer would prove nothing.
 */
import {
  apply,
  compare,
  formatRational,
  formatState,
  isInteger,
  type Operator,
  type Rational,
  sortRationals,
} from "../rational.ts";
import type { Step } from "./step.ts";

/** "integers": every intermediate result is an integer. "rationals": fractions may occur on the way. */
export type Domain = "integers" | "rationals";

const TARGET: Rational = { numerator: 24, denominator: 1 };
const OPERATORS: readonly Operator[] = ["+", "-", "*", "/"];
const solvableByState: Readonly<Record<Domain, Map<string, boolean>>> = { integers: new Map(), rationals: new Map() };
const stepsByState = new Map<string, readonly Step[]>();

/**
 * Every different legal step, in a fixed order. A difference is taken from the larger number and sums and products are
 * written with the smaller number first, so no two steps of the list are mirror images; negative results never occur.
 */
export function legalSteps(numbers: readonly Rational[]): readonly Step[] {
  const sorted = sortRationals(numbers);
  const key = sorted.map(formatRational).join(" ");
  const known = stepsByState.get(key);
  if (known !== undefined) return known;
  const steps = new Map<string, Step>();
  for (const [i, small] of sorted.entries()) {
    for (const [j, large] of sorted.entries()) {
      if (j <= i) continue;
      const rest = sorted.filter((_, index) => index !== i && index !== j);
      for (const operator of OPERATORS) {
        if (operator === "-") add(steps, large, operator, small, rest);
        else add(steps, small, operator, large, rest);
        if (operator === "/" && compare(small, large) !== 0) add(steps, large, operator, small, rest);
      }
    }
  }
  const list = [...steps.values()];
  stepsByState.set(key, list);
  return list;
}

/** Can these numbers still make 24, each used exactly once? */
export function isSolvable(numbers: readonly Rational[], domain: Domain = "rationals"): boolean {
  const first = numbers[0];
  if (numbers.length === 1 && first !== undefined) return compare(first, TARGET) === 0;
  const key = formatState(numbers);
  const known = solvableByState[domain].get(key);
  if (known !== undefined) return known;
  const solvable = legalSteps(numbers).some((step) => isInDomain(step, domain) && isSolvable(step.left, domain));
  solvableByState[domain].set(key, solvable);
  return solvable;
}

/** The legal steps after which 24 can still be made; integers only where that is possible. */
export function winningSteps(numbers: readonly Rational[]): readonly Step[] {
  const domain: Domain = isSolvable(numbers, "integers") ? "integers" : "rationals";
  return legalSteps(numbers).filter((step) => isInDomain(step, domain) && isSolvable(step.left, domain));
}

function add(
  steps: Map<string, Step>,
  first: Rational,
  operator: Operator,
  second: Rational,
  rest: readonly Rational[],
): void {
  const result = apply(operator, first, second);
  if (result === null) return;
  const key = `${formatRational(first)}${operator}${formatRational(second)}`;
  if (!steps.has(key)) steps.set(key, { first, operator, second, result, left: sortRationals([...rest, result]) });
}

function isInDomain(step: Step, domain: Domain): boolean {
  return domain === "rationals" || isInteger(step.result);
}
