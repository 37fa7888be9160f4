import type { VerifierDefinition } from "../core/verifier.ts";
import { agreement } from "./agreement/verifier.ts";
import { countdown } from "./countdown/verifier.ts";
import { critic } from "./critic/verifier.ts";
import { crossword } from "./crossword/verifier.ts";
import { exact } from "./exact/verifier.ts";
import { gameOf24 } from "./game-of-24/verifier.ts";
import { grade } from "./grade/verifier.ts";
import { jsonSchema } from "./json-schema/verifier.ts";
import { judge } from "./judge/verifier.ts";
import { mathAnswer } from "./math-answer/verifier.ts";
import { multipleChoice } from "./multiple-choice/verifier.ts";
import { outcomeReward } from "./outcome-reward/verifier.ts";
import { pairwise } from "./pairwise/verifier.ts";
import { processReward } from "./process-reward/verifier.ts";
import { program } from "./program/verifier.ts";
import { regex } from "./regex/verifier.ts";
import { sameStep } from "./same-step/verifier.ts";
import { selfEvaluation } from "./self-evaluation/verifier.ts";
import { sudoku } from "./sudoku/verifier.ts";
import { unitTests } from "./unit-tests/verifier.ts";
import { value } from "./value/verifier.ts";
import { vote } from "./vote/verifier.ts";
import { webhook } from "./webhook/verifier.ts";

/** Everything that scores. One folder and one line per verifier; the contract suite runs over this list. */
export const VERIFIERS: readonly VerifierDefinition[] = [
  gameOf24,
  exact,
  agreement,
  judge,
  value,
  grade,
  vote,
  selfEvaluation,
  critic,
  pairwise,
  unitTests,
  processReward,
  outcomeReward,
  webhook,
  sudoku,
  countdown,
  mathAnswer,
  multipleChoice,
  regex,
  jsonSchema,
  crossword,
  program,
];

/** Verifiers of two candidates, with which selections and methods compare. */
export const COMPARATORS: readonly VerifierDefinition[] = [pairwise, sameStep];
