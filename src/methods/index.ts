import type { MethodDefinition } from "../core/method.ts";
import { beam } from "./beam/method.ts";
import { bestOfN } from "./best-of-n/method.ts";
import { gumbel } from "./gumbel/method.ts";
import { mcts } from "./mcts/method.ts";
import { mctsSelfRefine } from "./mcts-self-refine/method.ts";
import { selfConsistency } from "./self-consistency/method.ts";
import { single } from "./single/method.ts";
import { totBfs } from "./tot-bfs/method.ts";

/** Every search method. One folder and one line per method; the contract suite runs over this list. */
export const METHODS: readonly MethodDefinition[] = [
  single,
  bestOfN,
  selfConsistency,
  beam,
  mcts,
  totBfs,
  mctsSelfRefine,
  gumbel,
];
