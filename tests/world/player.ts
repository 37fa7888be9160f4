import { createRandom } from "../../src/core/random.ts";
import { parseNumbers } from "../../src/verifiers/game-of-24/hand.ts";
import { isSolvable, legalSteps, winningSteps } from "../../src/verifiers/game-of-24/solver.ts";
import { formatStep, parseStep, type Step } from "../../src/verifiers/game-of-24/step.ts";
import { formatRational, formatState, isEqual, type Rational } from "../../src/verifiers/rational.ts";

/**
 * A player of the Game of 24 with a given skill: each step is a winning one with that probability (where there is one),
 * else any legal one. Says the same for the same seed. It stands in for a model in tests of the loop, where what matters
 * is that answers are right or wrong for real reasons and that every run is the same.
 */
export interface Player {
  /** The rest of the solution after `prefix`, to the end. */
  play(hand: readonly Rational[], prefix: string, seed: number): string;
  /** P(yes) for a state, in (0, 1): right on average, never certain. */
  judge(state: string): number;
}

/** A number on the table, and the expression that made it. */
export interface Item {
  readonly value: Rational;
  readonly text: string;
}

export function createPlayer(skill: number): Player {
  return {
    play: (hand, prefix, seed) => {
      const random = createRandom(seed, "player", prefix);
      let items = itemsAfter(hand, prefix);
      const lines: string[] = [];
      while (items.length > 1) {
        const numbers = items.map(({ value }) => value);
        const winning = random.next() < skill ? winningSteps(numbers) : [];
        const steps = winning.length > 0 ? winning : legalSteps(numbers);
        const step = steps[random.integer(steps.length)];
        if (step === undefined) break;
        lines.push(`${formatStep(step)}\n`);
        items = applyStep(items, step);
      }
      return `${lines.join("")}Answer: ${items[0]?.text ?? "?"} = 24`;
    },
    judge: (state) => {
      const numbers = parseNumbers(state);
      const isGood = numbers !== null && isSolvable(numbers);
      const noise = createRandom(0, "judge", state).next();
      return isGood ? 0.35 + 0.6 * noise : 0.05 + 0.6 * noise;
    },
  };
}

/** What is on the table after the steps of `prefix`; lines that are no step change nothing. */
export function itemsAfter(hand: readonly Rational[], prefix: string): readonly Item[] {
  let items: readonly Item[] = hand.map((value) => ({ value, text: formatRational(value) }));
  for (const line of prefix.split("\n")) {
    const step = parseStep(line);
    if (step !== null) items = applyStep(items, step);
  }
  return items;
}

function applyStep(items: readonly Item[], step: Step): readonly Item[] {
  const rest = [...items];
  const take = (value: Rational): Item => {
    const index = rest.findIndex((item) => isEqual(item.value, value));
    return rest.splice(index, 1)[0] ?? { value, text: "?" };
  };
  const first = take(step.first);
  const second = take(step.second);
  const result = { value: step.result, text: `(${first.text} ${step.operator} ${second.text})` };
  // The order in which the numbers are told: the same whether the prefix is replayed or played.
  const order = formatState(step.left).split(" ");
  return [...rest, result].sort(
    (a, b) => order.indexOf(formatRational(a.value)) - order.indexOf(formatRational(b.value)),
  );
}
