import { isSolvable, legalSteps, winningSteps } from "../../src/verifiers/game-of-24/solver.ts";
import { formatStep, type Step } from "../../src/verifiers/game-of-24/step.ts";
import { formatRational, formatState, isInteger, type Rational } from "../../src/verifiers/rational.ts";
import { pick, type Random, shuffle } from "../random.ts";
import type { JudgeStates } from "./judge-states.ts";

/** One training example: what the user says and what the assistant answers. */
export type Row = { readonly type: "solve" | "judge"; readonly user: string; readonly assistant: string };

/** Share of the solving rows that start from three or two numbers. */
const STATE_SHARE = 0.22;
/** Share of sums and products that are written with the operands the other way round. */
const SWAP_SHARE = 0.15;
const CANONICAL_PHRASE_SHARE = 0.6;

export type RowSource = {
  readonly hands: readonly (readonly Rational[])[];
  /** Problems with a number above 13; see source.ts. Computed on the first call, which takes a second. */
  otherHands(): readonly (readonly Rational[])[];
  readonly judgeStates: JudgeStates;
};

export type RowMix = {
  /** Share of judge rows among all rows, in [0, 1]. */
  readonly judgeShare: number;
  /** Share of the solving rows that are about hands with a number above 13, in [0, 1]. */
  readonly otherHandShare: number;
};

export function drawRow(random: Random, source: RowSource, mix: RowMix): Row {
  if (random.uniform() < mix.judgeShare) return judgeRow(random, source.judgeStates);
  // A share of 0 draws no number, so that a phase without other hands is what it was before they existed.
  const isOther = mix.otherHandShare > 0 && random.uniform() < mix.otherHandShare;
  const hand = pick(random, isOther ? source.otherHands() : source.hands);
  return solveRow(random, drawProblem(random, source, hand));
}

function drawProblem(random: Random, source: RowSource, hand: readonly Rational[]): readonly Rational[] {
  if (random.uniform() >= STATE_SHARE) return hand;
  const three =
    random.uniform() < 0.5 ? pick(random, winningSteps(hand)).left : source.judgeStates.solvableThree(random);
  return random.uniform() < 0.8 ? three : pick(random, winningSteps(three)).left;
}

/** A problem and a whole solution: every step drawn uniformly from the winning steps, then the answer they build. */
export function solveRow(random: Random, numbers: readonly Rational[]): Row {
  const lines: string[] = [];
  let terms = numbers.map((value) => ({ value, text: formatRational(value), isCompound: !isInteger(value) }));
  while (terms.length > 1) {
    const drawn = pick(random, winningSteps(terms.map((term) => term.value)));
    const step = drawn.operator === "+" || drawn.operator === "*" ? maybeSwap(random, drawn) : drawn;
    lines.push(formatStep(step));
    const first = take(step.first);
    const second = take(step.second);
    terms.push({ value: step.result, text: `${bracket(first)} ${step.operator} ${bracket(second)}`, isCompound: true });
  }
  const expression = terms[0]?.text ?? "";
  return { type: "solve", user: phrase(random, numbers), assistant: `${lines.join("\n")}\nAnswer: ${expression} = 24` };

  function take(value: Rational) {
    const index = terms.findIndex((term) => formatRational(term.value) === formatRational(value));
    const term = terms[index];
    if (term === undefined) throw new Error("a winning step used a number that is not there");
    terms = terms.toSpliced(index, 1);
    return term;
  }
}

function judgeRow(random: Random, states: JudgeStates): Row {
  const state = states.draw(random);
  return { type: "judge", user: judgePrompt(state), assistant: isSolvable(state) ? "yes" : "no" };
}

/** "Judge: 4 4 10": ascending, as the step lines print what is left. */
export function judgePrompt(state: readonly Rational[]): string {
  return `Judge: ${formatState(state)}`;
}

/** "Use 4 9 10 13 to make 24": the phrase that evaluation and search use. */
export function solvePrompt(numbers: readonly Rational[]): string {
  return `Use ${formatState(numbers)} to make 24`;
}

function phrase(random: Random, numbers: readonly Rational[]): string {
  const isCanonical = random.uniform() < CANONICAL_PHRASE_SHARE;
  if (isCanonical && random.uniform() < 0.7) return solvePrompt(numbers);
  const texts = shuffle(random, numbers).map(formatRational);
  if (random.uniform() < 0.4) texts.splice(0, texts.length, ...numbers.map(formatRational));
  const spaced = texts.join(" ");
  if (isCanonical) return `Use ${spaced} to make 24`;
  const listed = `${texts.slice(0, -1).join(", ")} and ${texts.at(-1)}`;
  return pick(random, [
    `Use the numbers ${listed} to make 24.`,
    `Use the numbers ${spaced} to make 24`,
    `Use ${listed} to make 24.`,
    `Use ${spaced} to make 24.`,
    `Game of 24: ${spaced}`,
    `Make 24 from ${spaced}`,
    `Make 24 from ${listed}.`,
  ]);
}

function maybeSwap(random: Random, step: Step): Step {
  return random.uniform() < SWAP_SHARE ? { ...step, first: step.second, second: step.first } : step;
}

function bracket(term: { readonly text: string; readonly isCompound: boolean }): string {
  return term.isCompound ? `(${term.text})` : term.text;
}

/** Legal steps whose result is an integer: what the model proposes almost always. */
export function integerSteps(numbers: readonly Rational[]): readonly Step[] {
  return legalSteps(numbers).filter((step) => isInteger(step.result));
}
