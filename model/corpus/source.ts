import { isSolvable, winningSteps } from "../../src/verifiers/game-of-24/solver.ts";
import { formatState, type Rational } from "../../src/verifiers/rational.ts";
import { otherHands } from "./hands.ts";
import { createJudgeStates, onlyHeldOutStates } from "./judge-states.ts";
import type { RowSource } from "./rows.ts";
import { handsOfSplit } from "./split.ts";

/**
 * Everything that rows are drawn from. An other hand is left out when one of its solutions passes through a state that
 * only test or validation hands can reach.
 */
export function createRowSource(): RowSource {
  let others: RowSource["hands"] | undefined;
  return {
    hands: handsOfSplit("train"),
    otherHands() {
      others ??= selectOtherHands();
      return others;
    },
    judgeStates: createJudgeStates(),
  };
}

function selectOtherHands(): RowSource["hands"] {
  const forbidden = onlyHeldOutStates();
  const leadsToForbidden = (hand: readonly Rational[]) =>
    winningSteps(hand).some((step) => forbidden.has(formatState(step.left)));
  return otherHands().filter((hand) => isSolvable(hand) && !leadsToForbidden(hand));
}
