import { questionOf } from "../../src/core/problem.ts";
import { localVerifier, type Verifier } from "../../src/core/verifier.ts";
import { compositeVerifier } from "../../src/verifiers/composite.ts";
import { parseHand } from "../../src/verifiers/game-of-24/hand.ts";
import { isSolvable, legalSteps } from "../../src/verifiers/game-of-24/solver.ts";
import { formatStep } from "../../src/verifiers/game-of-24/step.ts";
import { gameOf24 } from "../../src/verifiers/game-of-24/verifier.ts";
import { rational } from "../../src/verifiers/rational.ts";
import { createScriptedModel } from "./model.ts";
import { createPlayer, itemsAfter } from "./player.ts";
import type { WorldOptions } from "./search.ts";
import { createVirtualTime } from "./time.ts";

/**
 * A world in which nothing depends on luck: asked for a list of next steps, the model names every legal move, and with
 * one number left the answer line. What a method then misses, it has missed by itself.
 */
export const ALL_MOVES: Required<Pick<WorldOptions, "reply" | "maxTokens">> = {
  /** The longest list has 36 lines of some 16 tokens. */
  maxTokens: 1000,
  reply: ({ messages }) => {
    const question = questionOf({ messages, forwarded: {}, reference: null });
    const hand = parseHand(question);
    const steps = stepsListedAfter(question);
    return steps === null || hand === null ? null : allMoves(hand, steps);
  },
};

/** The solution so far in a request for a list of next steps (`policies/propose-list`); null in any other request. */
export function stepsListedAfter(question: string): string | null {
  return /<solution>\n([\s\S]*)\n<\/solution>\n\nList /.exec(question)?.[1] ?? null;
}

function allMoves(hand: Parameters<typeof itemsAfter>[0], steps: string): string {
  const items = itemsAfter(hand, steps);
  const [only] = items;
  if (items.length === 1 && only !== undefined) return `Answer: ${only.text} = 24`;
  return legalSteps(items.map(({ value }) => value))
    .map(formatStep)
    .join("\n");
}

/** 1 where what is left can still make 24, else 0: the value that a perfect judge would give to a partial answer. */
const exactStepValue: Verifier = localVerifier(
  { name: "exact-value", scope: "all", isComparative: false },
  (problem, candidates) => {
    const hand = parseHand(questionOf(problem)) ?? [];
    return candidates.map(({ text, isComplete }) => {
      if (isComplete) return null;
      const value = isSolvable(itemsAfter(hand, text).map((item) => item.value)) ? 1 : 0;
      return { value, kind: "estimate", reason: "", verifier: "exact-value" };
    });
  },
);

/** The same for every partial answer: a judge that knows nothing. */
const constantStepValue: Verifier = localVerifier(
  { name: "constant-value", scope: "all", isComparative: false },
  (_problem, candidates) =>
    candidates.map(({ isComplete }) =>
      isComplete ? null : { value: 0.5, kind: "estimate", reason: "", verifier: "constant-value" },
    ),
);

/** Answers by the exact checker, partial answers by the value. */
export const EXACT_VALUE: Verifier = withChecker(exactStepValue);
export const CONSTANT_VALUE: Verifier = withChecker(constantStepValue);

function withChecker(stepValue: Verifier): Verifier {
  const model = createScriptedModel({ clock: createVirtualTime(), player: createPlayer(0) });
  const checker = gameOf24.create({ model, prompts: {}, seed: 0 }, {});
  return compositeVerifier([
    { verifier: checker, weight: 1 },
    { verifier: stepValue, weight: 1 },
  ]);
}

/** The 1,820 hands of four cards of 1 to 13, of which 1,362 can make 24. */
export function allHands(): { readonly hand: string; readonly isSolvable: boolean }[] {
  const hands = [];
  for (let a = 1; a <= 13; a++)
    for (let b = a; b <= 13; b++)
      for (let c = b; c <= 13; c++)
        for (let d = c; d <= 13; d++) {
          const numbers = [a, b, c, d].flatMap((number) => rational(number) ?? []);
          hands.push({ hand: `${a} ${b} ${c} ${d}`, isSolvable: isSolvable(numbers) });
        }
  return hands;
}
