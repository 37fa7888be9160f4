import type { Random } from "../../src/core/random.ts";
import { legalSteps, winningSteps } from "../../src/verifiers/game-of-24/solver.ts";
import { formatStep, parseStep } from "../../src/verifiers/game-of-24/step.ts";
import { formatRational, isEqual, isInteger, type Rational } from "../../src/verifiers/rational.ts";

interface Term {
  readonly value: Rational;
  readonly text: string;
  readonly isCompound: boolean;
}

/**
 * The lines that follow `done`: legal steps drawn at random, then the answer that they build, which states 24 whether it is
 * or not. With `isRight` every step is one after which 24 can still be made, where there is one.
 */
export function playOn(hand: readonly Rational[], done: readonly string[], isRight: boolean, random: Random): string[] {
  let terms: Term[] = hand.map((value) => ({ value, text: formatRational(value), isCompound: !isInteger(value) }));
  const take = (value: Rational): string => {
    const at = terms.findIndex((term) => isEqual(term.value, value));
    const term = terms[at];
    terms = terms.toSpliced(at, at === -1 ? 0 : 1);
    if (term === undefined) return formatRational(value);
    return term.isCompound ? `(${term.text})` : term.text;
  };
  const add = ({ first, operator, second, result }: Omit<ReturnType<typeof legalSteps>[number], "left">): void => {
    const text = `${take(first)} ${operator} ${take(second)}`;
    terms.push({ value: result, text, isCompound: true });
  };
  for (const line of done) {
    const step = parseStep(line);
    if (step !== null) add(step);
  }
  const lines: string[] = [];
  while (terms.length > 1) {
    const numbers = terms.map(({ value }) => value);
    const steps = stepsFrom(numbers, isRight);
    const step = steps[random.integer(steps.length)];
    if (step === undefined) break;
    lines.push(formatStep(step));
    add(step);
  }
  return [...lines, `Answer: ${terms[0]?.text ?? ""} = 24`];
}

/** Those to draw from: all legal ones where none are of the kind that is wanted. */
function stepsFrom(numbers: readonly Rational[], isRight: boolean): ReturnType<typeof legalSteps> {
  const all = legalSteps(numbers);
  if (!isRight && numbers.length > 2) return all;
  const winning = winningSteps(numbers);
  const wanted = isRight ? winning : all.filter((step) => !winning.includes(step));
  return wanted.length > 0 ? wanted : all;
}
