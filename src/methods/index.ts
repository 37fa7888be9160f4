import type { MethodDefinition } from "../core/method.ts";
import { abMcts } from "./ab-mcts/method.ts";
import { alpha } from "./alpha/method.ts";
import { beam } from "./beam/method.ts";
import { bestOfN } from "./best-of-n/method.ts";
import { dvts } from "./dvts/method.ts";
import { gumbel } from "./gumbel/method.ts";
import { mcts } from "./mcts/method.ts";
import { mctsSelfRefine } from "./mcts-self-refine/method.ts";
import { particleFilter } from "./particle-filter/method.ts";
import { preferenceBfs } from "./preference-bfs/method.ts";
import { preferenceMcts } from "./preference-mcts/method.ts";
import { rebase } from "./rebase/method.ts";
import { revision } from "./revision/method.ts";
import { rstar } from "./rstar/method.ts";
import { selfConsistency } from "./self-consistency/method.ts";
import { selfExplore } from "./self-explore/method.ts";
import { single } from "./single/method.ts";
import { speculativeRejection } from "./speculative-rejection/method.ts";
import { totBfs } from "./tot-bfs/method.ts";
import { totDfs } from "./tot-dfs/method.ts";

/** Every search method. One folder and one line per method; the contract suite runs over this list. */
export const METHODS: readonly MethodDefinition[] = [
  single,
  bestOfN,
  selfConsistency,
  beam,
  mcts,
  gumbel,
  totBfs,
  totDfs,
  preferenceBfs,
  dvts,
  rebase,
  particleFilter,
  speculativeRejection,
  mctsSelfRefine,
  abMcts,
  preferenceMcts,
  revision,
  selfExplore,
  alpha,
  rstar,
];
