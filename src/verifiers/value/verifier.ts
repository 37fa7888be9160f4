import { singleCandidateVerifier } from "../single-candidate.ts";
import { VALUE_PROMPT } from "./prompt.ts";

/**
 * Tree of Thoughts' value judge: several samples each end in a label, the labels' numbers are summed. The sum is given as
 * its share of the largest possible one, sum / (samples * largest label), so that it lies in [0, 1] and orders alike.
 */
export const value = singleCandidateVerifier(
  {
    name: "value",
    summary: "The model classifies each state (sure, likely, impossible); the labels' numbers are summed.",
    scope: "all",
  },
  VALUE_PROMPT,
);
