import { singleCandidateVerifier } from "../single-candidate.ts";
import { SELF_EVALUATION_PROMPT } from "./prompt.ts";

/**
 * P(True) (Kadavath et al. 2022, section 3): the model is shown its own answer and asked whether it is true; the score is
 * the probability of True against False as the next token. Whole answers only, as in the paper; of steps the judge tells.
 * The paper also shows further samples beside the answer, which makes the probability better calibrated; we show one.
 */
export const selfEvaluation = singleCandidateVerifier(
  {
    name: "self-evaluation",
    summary: "The probability that the model calls its own answer true: P(True).",
    scope: "complete",
  },
  SELF_EVALUATION_PROMPT,
);
