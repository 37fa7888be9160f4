import { isSolvable, legalSteps } from "../../src/verifiers/game-of-24/solver.ts";
import { formatState, isInteger, type Rational } from "../../src/verifiers/rational.ts";
import { pick, type Random } from "../random.ts";
import { allHands, integers } from "./hands.ts";
import { handsOfSplit } from "./split.ts";

type State = readonly Rational[];

/** The states of the judge rows: half of them solvable, half not, for each count of numbers. */
export type JudgeStates = {
  draw(random: Random): State;
  /** A solvable three-number state, also for the solving rows. */
  solvableThree(random: Random): State;
};

/** Shares of the judge rows by how many numbers the state has; the rest has three. */
const FOUR_SHARE = 0.02;
const TWO_SHARE = 0.13;
const ONE_SHARE = 0.01;
/** Share of three-number states drawn as a hand and a legal step draw them; the others are uniform over the pool. */
const NATURAL_SHARE = 0.65;
/** Share of the natural states in which a step may leave a fraction: the model hardly ever proposes one. */
const FRACTION_SHARE = 0.06;

const LARGEST_PRODUCT = 169;
const LARGEST_NUMBER_DEALT = 13;
const LARGEST_OF_RANDOM_STATE = 40;

/**
 * Builds the pools. Training hands and unsolvable hands lead to states; more states are made of other numbers so that
 * the judge generalises. A three-number state that only test or validation hands can reach is never drawn.
 */
export function createJudgeStates(): JudgeStates {
  const trainHands = handsOfSplit("train");
  const unsolvableHands = allHands().filter((hand) => !isSolvable(hand));
  const sourceHands = [...trainHands, ...unsolvableHands];
  const allowed = statesAfterOneStep(sourceHands);
  const forbidden = onlyHeldOutStates();
  const pool = new Map([...allowed].filter(([, state]) => state.every(isInteger)));
  for (const state of otherStates()) {
    const key = formatState(state);
    if (!forbidden.has(key)) pool.set(key, state);
  }
  const solvable = [...pool.values()].filter((state) => isSolvable(state));
  const unsolvable = [...pool.values()].filter((state) => !isSolvable(state));

  return { draw, solvableThree: (random) => drawThree(random, true) };

  function draw(random: Random): State {
    const isWanted = random.uniform() < 0.5;
    const share = random.uniform();
    if (share < FOUR_SHARE) return pick(random, isWanted ? trainHands : unsolvableHands);
    if (share < FOUR_SHARE + ONE_SHARE) return integers([isWanted ? 24 : random.below(LARGEST_PRODUCT)]);
    if (share < FOUR_SHARE + ONE_SHARE + TWO_SHARE) return drawTwo(random, isWanted);
    return drawThree(random, isWanted);
  }

  function drawThree(random: Random, isWanted: boolean): State {
    if (random.uniform() >= NATURAL_SHARE) return pick(random, isWanted ? solvable : unsolvable);
    const mayBeFraction = random.uniform() < FRACTION_SHARE;
    for (;;) {
      const state = pick(random, legalSteps(pick(random, isWanted ? trainHands : sourceHands))).left;
      if ((mayBeFraction || state.every(isInteger)) && isSolvable(state) === isWanted) return state;
    }
  }

  function drawTwo(random: Random, isWanted: boolean): State {
    for (;;) {
      const state = pick(random, legalSteps(drawThree(random, isWanted || random.uniform() < 0.5))).left;
      if (state.every(isInteger) && isSolvable(state) === isWanted) return state;
    }
  }
}

/** The texts of the three-number states that test or validation hands can reach, and no training or unsolvable hand. */
export function onlyHeldOutStates(): ReadonlySet<string> {
  const unsolvableHands = allHands().filter((hand) => !isSolvable(hand));
  const allowed = statesAfterOneStep([...handsOfSplit("train"), ...unsolvableHands]);
  const heldOut = statesAfterOneStep([...handsOfSplit("test"), ...handsOfSplit("validation")]);
  return new Set([...heldOut.keys()].filter((key) => !allowed.has(key)));
}

/** The different three-number states that one legal step can leave, by their canonical text. */
export function statesAfterOneStep(hands: readonly State[]): ReadonlyMap<string, State> {
  return new Map(hands.flatMap((hand) => legalSteps(hand).map((step) => [formatState(step.left), step.left] as const)));
}

/** One number up to 169 with two dealt ones, and all triples of small numbers. */
function otherStates(): readonly State[] {
  const states: State[] = [];
  for (let a = 1; a <= LARGEST_NUMBER_DEALT; a++)
    for (let b = a; b <= LARGEST_NUMBER_DEALT; b++)
      for (let c = 0; c <= LARGEST_PRODUCT; c++) states.push(integers([a, b, c]));
  for (let a = 0; a <= LARGEST_OF_RANDOM_STATE; a++)
    for (let b = a; b <= LARGEST_OF_RANDOM_STATE; b++)
      for (let c = b; c <= LARGEST_OF_RANDOM_STATE; c++) states.push(integers([a, b, c]));
  return states;
}
