import type { MethodCase } from "../contracts/method.ts";
import type { WorldOptions } from "../world/search.ts";
import * as abMcts from "./ab-mcts/cases.ts";
import * as alpha from "./alpha/cases.ts";
import * as beam from "./beam/cases.ts";
import * as bestOfN from "./best-of-n/cases.ts";
import * as dvts from "./dvts/cases.ts";
import * as gumbel from "./gumbel/cases.ts";
import * as mcts from "./mcts/cases.ts";
import * as mctsSelfRefine from "./mcts-self-refine/cases.ts";
import * as particleFilter from "./particle-filter/cases.ts";
import * as preferenceBfs from "./preference-bfs/cases.ts";
import * as preferenceMcts from "./preference-mcts/cases.ts";
import * as rebase from "./rebase/cases.ts";
import * as revision from "./revision/cases.ts";
import * as rstar from "./rstar/cases.ts";
import * as selfConsistency from "./self-consistency/cases.ts";
import * as selfExplore from "./self-explore/cases.ts";
import * as speculativeRejection from "./speculative-rejection/cases.ts";
import * as totBfs from "./tot-bfs/cases.ts";
import * as totDfs from "./tot-dfs/cases.ts";

/** What each method brings to the shared suites: one line per method. */
const ALL: readonly {
  readonly contract: readonly MethodCase[];
  readonly golden: Readonly<Record<string, WorldOptions>>;
}[] = [
  beam,
  totBfs,
  totDfs,
  preferenceBfs,
  selfConsistency,
  bestOfN,
  mcts,
  mctsSelfRefine,
  gumbel,
  dvts,
  rebase,
  particleFilter,
  speculativeRejection,
  abMcts,
  preferenceMcts,
  revision,
  selfExplore,
  alpha,
  rstar,
];

export const METHOD_CASES: readonly MethodCase[] = ALL.flatMap(({ contract }) => contract);

export const METHOD_GOLDEN: Readonly<Record<string, WorldOptions>> = Object.assign(
  {},
  ...ALL.map(({ golden }) => golden),
);
