import { singleCandidateVerifier } from "../single-candidate.ts";
import { JUDGE_PROMPT } from "./prompt.ts";

/**
 * A model as judge, by the probability of one token: value = P(yes) / (P(yes) + P(no)) of the first generated token
 * (self-evaluation as in Kadavath et al. 2022, section 3). Partial answers are its main use: it is the value that lets a
 * tree search leave a bad step before paying for the rest of the answer.
 */
export const judge = singleCandidateVerifier(
  { name: "judge", summary: "The model itself judges each step: the probability that it answers yes." },
  JUDGE_PROMPT,
);
