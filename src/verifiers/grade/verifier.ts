import { singleCandidateVerifier } from "../single-candidate.ts";
import { GRADE_PROMPT } from "./prompt.ts";

/** Scores of 95 and more on [-100, 100], as a share of the range. */
const FULL_MARKS = 0.975;
/** What they are replaced by: 50 on [-100, 100]. */
const INSTEAD_OF_FULL_MARKS = 0.75;

/**
 * MCTSr's self-reward (Zhang et al. 2024): a number on a fixed range, given as its share of the range, so that the
 * exploration weight means what it means everywhere else (on [-100, 100] UCT with c = 1.4 is almost greedy). Full marks
 * are not believed: 95 and more count as 50, as in the authors' code.
 */
export const grade = singleCandidateVerifier(
  {
    name: "grade",
    summary: "The model grades each answer with a number, strictly; full marks are not believed.",
    scope: "all",
  },
  GRADE_PROMPT,
  (value) => (value >= FULL_MARKS ? INSTEAD_OF_FULL_MARKS : value),
);
