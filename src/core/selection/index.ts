import type { Selection } from "./selection.ts";
import { borda, knockout } from "./tournament.ts";
import { treeVote, treeVoteInverseDepth } from "./tree-vote.ts";
import { value, verdict } from "./value.ts";
import { visits } from "./visits.ts";
import { majority, weightedMajority } from "./vote.ts";

/** Every way to choose the served answer. One line each; methods name the one they choose by where the request does not. */
export const SELECTIONS: readonly Selection[] = [
  value,
  verdict,
  visits,
  majority,
  weightedMajority,
  treeVote,
  treeVoteInverseDepth,
  knockout,
  borda,
];
