import { checkAnswer } from "../../src/verifiers/game-of-24/answer.ts";
import { isSolvable } from "../../src/verifiers/game-of-24/solver.ts";
import { checkStep } from "../../src/verifiers/game-of-24/step.ts";
import { isInteger, type Rational } from "../../src/verifiers/rational.ts";
import { allHands } from "../corpus/hands.ts";
import { statesAfterOneStep } from "../corpus/judge-states.ts";
import { judgePrompt, solvePrompt } from "../corpus/rows.ts";
import { handsOfSplit, type Split } from "../corpus/split.ts";
import type { Engine } from "../engine.ts";
import type { Model } from "../model-file.ts";
import { createLocalScheduler, generate, judgeAll } from "./generate.ts";
import { areaUnderCurve, mean, passAt, randomSolveChance } from "./metrics.ts";

const PASS_AT = [1, 8, 32, 64] as const;

export type SolvingFigures = {
  readonly hands: number;
  /** Share of hands solved by the greedy completion. */
  readonly greedy: number;
  /** Of the greedy failures, the share whose first step is legal but leaves a state that cannot make 24. */
  readonly greedyLostAtFirstStep: number;
  readonly passAt: Readonly<Record<number, number>>;
  readonly randomPassAt: Readonly<Record<number, number>>;
  /** Share of sampled step lines that are legal. */
  readonly legalStepShare: number;
  readonly tokensPerCompletion: number;
  readonly tokensPerSecond: number;
};

export type JudgeFigures = {
  /** Area under the curve on the distinct integer three-number states one step after a hand of the split. */
  readonly areaAll: number;
  readonly states: number;
  /** The same on states that no training row can have shown. */
  readonly areaUnseen: number;
  readonly unseenStates: number;
  /** Mean over hands of the area within the states of one hand: what a search asks of its judge. */
  readonly areaWithinHand: number;
};

/** Greedy and sampled solving of the hands of one split. */
export async function evaluateSolving(
  model: Model,
  engine: Engine,
  split: Split,
  options: { readonly samples: number; readonly temperature?: number; readonly seed?: number },
): Promise<SolvingFigures> {
  const { samples, temperature = 1, seed = 24 } = options;
  const hands = handsOfSplit(split);
  const scheduler = createLocalScheduler(engine);
  const greedy = await Promise.all(
    hands.map(async (hand) => {
      const [completion] = await generate(model, scheduler, solvePrompt(hand), { temperature: 0, seed, count: 1 });
      const text = completion?.text ?? "";
      const first = checkStep(hand, text.split("\n")[0] ?? "");
      return {
        isSolved: checkAnswer(hand, text).solved,
        isLostAtOnce: first.type === "legal" && !isSolvable(first.left),
      };
    }),
  );
  const startedMs = performance.now();
  let tokens = 0;
  let steps = 0;
  let legal = 0;
  const solved = await Promise.all(
    hands.map(async (hand, index) => {
      const prompt = solvePrompt(hand);
      const completions = await generate(model, scheduler, prompt, {
        temperature,
        seed: seed * 1000 + index,
        count: samples,
      });
      for (const completion of completions) {
        tokens += completion.tokens;
        const counted = countSteps(hand, completion.text);
        steps += counted.steps;
        legal += counted.legal;
      }
      return completions.filter((completion) => checkAnswer(hand, completion.text).solved).length;
    }),
  );
  const seconds = (performance.now() - startedMs) / 1000;
  const failures = greedy.filter((outcome) => !outcome.isSolved);
  const chances = hands.map(randomSolveChance);
  const byK = (figure: (k: number) => number) =>
    Object.fromEntries(PASS_AT.filter((k) => k <= samples).map((k) => [k, figure(k)]));
  return {
    hands: hands.length,
    greedy: 1 - failures.length / hands.length,
    greedyLostAtFirstStep: failures.filter((outcome) => outcome.isLostAtOnce).length / failures.length,
    passAt: byK((k) => mean(solved.map((correct) => passAt(k, samples, correct)))),
    randomPassAt: byK((k) => mean(chances.map((chance) => 1 - (1 - chance) ** k))),
    legalStepShare: legal / steps,
    tokensPerCompletion: tokens / (samples * hands.length),
    tokensPerSecond: tokens / seconds,
  };
}

/** How well P(yes) separates the states that can make 24 from those that cannot. */
export function evaluateJudge(model: Model, engine: Engine, split: Split): JudgeFigures {
  const hands = handsOfSplit(split);
  const shown = statesAfterOneStep([...handsOfSplit("train"), ...allHands().filter((hand) => !isSolvable(hand))]);
  const states = [...statesAfterOneStep(hands)].filter(([, state]) => state.every(isInteger));
  const scores = judgeAll(
    model,
    engine,
    states.map(([, state]) => judgePrompt(state)),
  );
  const scored = states.map(([key, state], index) => ({
    key,
    score: scores[index] ?? 0,
    isYes: isSolvable(state),
    isShown: shown.has(key),
  }));
  const scoredByKey = new Map(scored.map((item) => [item.key, item]));
  const withinHand = hands
    .map((hand) => [...statesAfterOneStep([hand]).keys()].flatMap((key) => scoredByKey.get(key) ?? []))
    .map(areaUnderCurve)
    .filter((area) => !Number.isNaN(area));
  const unseen = scored.filter((item) => !item.isShown);
  return {
    areaAll: areaUnderCurve(scored),
    states: scored.length,
    areaUnseen: areaUnderCurve(unseen),
    unseenStates: unseen.length,
    areaWithinHand: mean(withinHand),
  };
}

function countSteps(hand: readonly Rational[], text: string): { readonly steps: number; readonly legal: number } {
  let numbers = hand;
  let steps = 0;
  let legal = 0;
  for (const line of text.split("\n")) {
    if (line.startsWith("Answer")) break;
    steps++;
    const check = checkStep(numbers, line);
    if (check.type === "illegal") break;
    legal++;
    numbers = check.left;
  }
  return { steps, legal };
}
