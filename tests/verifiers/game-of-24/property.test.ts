import fc from "fast-check";
import { expect, test } from "vitest";
import { checkAnswer } from "../../../src/verifiers/game-of-24/answer.ts";
import { isSolvable, legalSteps, winningSteps } from "../../../src/verifiers/game-of-24/solver.ts";
import type { Step } from "../../../src/verifiers/game-of-24/step.ts";
import { formatRational, isEqual, type Rational, rational } from "../../../src/verifiers/rational.ts";

const hand: fc.Arbitrary<Rational[]> = fc
  .array(fc.integer({ min: 1, max: 13 }), { minLength: 4, maxLength: 4 })
  .map((numbers) => numbers.map((number) => rational(number)).filter((number) => number !== null));

const choices = fc.array(fc.nat(), { minLength: 3, maxLength: 3 });

/** The expression of a walk from the hand to one number, by the solver's own arithmetic. */
function walk(
  numbers: readonly Rational[],
  stepsFrom: (numbers: readonly Rational[]) => readonly Step[],
  picks: readonly number[],
): { readonly text: string; readonly value: Rational | null } {
  let pool = numbers.map((value) => ({ value, text: formatRational(value) }));
  for (const pick of picks) {
    const steps = stepsFrom(pool.map(({ value }) => value));
    const step = steps[pick % Math.max(1, steps.length)];
    if (step === undefined) break;
    const take = (wanted: Rational) =>
      pool.splice(
        pool.findIndex(({ value }) => isEqual(value, wanted)),
        1,
      )[0]?.text;
    const [first, second] = [take(step.first), take(step.second)];
    pool = [...pool, { value: step.result, text: `(${first} ${step.operator} ${second})` }];
  }
  return { text: pool[0]?.text ?? "", value: pool.length === 1 ? (pool[0]?.value ?? null) : null };
}

const layout = fc
  .record({
    mark: fc.constantFrom("", "Answer: ", "**Answer:** ", "The final answer is: ", "Thoughts first.\n\nThe answer is "),
    sides: fc.constantFrom(
      (text: string) => text,
      (text: string) => `${text} = 24`,
      (text: string) => `24 = ${text}`,
      (text: string) => `\`${text} = 24\`.`,
    ),
    signs: fc.constantFrom(
      (text: string) => text,
      (text: string) => text.replaceAll("*", "×").replaceAll("-", "−").replaceAll("/", "÷"),
      (text: string) => text.replaceAll("*", "·"),
    ),
    spaces: fc.constantFrom(
      (text: string) => text,
      (text: string) => text.replaceAll(" ", ""),
      (text: string) => text.replaceAll("(", "( ").replaceAll(" ", "  "),
      // The outermost brackets are nobody's habit.
      (text: string) => text.slice(1, -1),
    ),
  })
  .map(
    ({ mark, sides, signs, spaces }) =>
      (text: string) =>
        `${mark}${sides(signs(spaces(text)))}`,
  );

test("every right expression solves its hand, in any layout", () => {
  const solvable = hand.filter((numbers) => isSolvable(numbers));
  fc.assert(
    fc.property(solvable, choices, layout, (numbers, picks, write) => {
      const { text } = walk(numbers, winningSteps, picks);
      expect(checkAnswer(numbers, write(text))).toMatchObject({ solved: true });
    }),
    { numRuns: 500 },
  );
});

test("an expression of another value solves nothing, whatever it states", () => {
  fc.assert(
    fc.property(hand, choices, layout, (numbers, picks, write) => {
      const { text, value } = walk(numbers, legalSteps, picks);
      fc.pre(value !== null && formatRational(value) !== "24");
      expect(checkAnswer(numbers, write(text))).toMatchObject({ solved: false });
    }),
    { numRuns: 500 },
  );
});

test("a right expression solves no hand with other numbers", () => {
  const solvable = hand.filter((numbers) => isSolvable(numbers));
  fc.assert(
    fc.property(
      solvable,
      choices,
      layout,
      fc.nat(3),
      fc.integer({ min: 1, max: 12 }),
      (numbers, picks, write, at, by) => {
        const { text } = walk(numbers, winningSteps, picks);
        const other = numbers.map((number, index) =>
          index === at ? { ...number, numerator: number.numerator + by } : number,
        );
        expect(checkAnswer(other, write(text))).toMatchObject({ solved: false });
        expect(checkAnswer(numbers.slice(1), write(text))).toMatchObject({ solved: false });
      },
    ),
    { numRuns: 300 },
  );
});
