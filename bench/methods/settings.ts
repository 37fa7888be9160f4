/** How a method is asked for at a budget of tokens: the parts of the request's `search`. */
export interface MethodSetting {
  readonly params?: Readonly<Record<string, unknown>>;
  /** Completed candidates planned for; what is left out is bound by the tokens alone. */
  readonly rollouts?: number;
  readonly verifier?: unknown;
  /** Calls in flight; what is left out is the bench's `--width`. */
  readonly width?: number;
}

/** More than any budget here can complete. */
const PLENTY = 512;

/** As many beams as a budget of tokens sees through some four steps each; at least one round's worth. */
function beams(budgetTokens: number, tokensPerBeam: number): number {
  return Math.max(4, Math.round(budgetTokens / tokensPerBeam));
}

/** States kept and samples per state that use the budget up and no more. */
function breadthFirst(budgetTokens: number): { breadth: number; samples: number } {
  if (budgetTokens < 1000) return { breadth: 1, samples: 6 };
  if (budgetTokens < 2000) return { breadth: 2, samples: 8 };
  if (budgetTokens < 4000) return { breadth: 2, samples: 12 };
  return budgetTokens < 8000 ? { breadth: 3, samples: 16 } : { breadth: 6, samples: 24 };
}

/**
 * Every method that the embedded model can play, and how it is set for a budget. Tuned on validation hands (never on the
 * test hands that the table is about) by a handful of tries each; what is not named is the method's own default. The ones
 * that decide call by call are asked one call at a time: at equal tokens that is their best, best-of-n's included.
 */
export const SETTINGS: Readonly<Record<string, (budgetTokens: number) => MethodSetting>> = {
  single: () => ({}),
  "self-consistency": () => ({ rollouts: PLENTY, params: { samples_per_call: 4 } }),
  "best-of-n": () => ({ rollouts: PLENTY, params: { samples_per_call: 4 }, width: 1 }),
  "speculative-rejection": (budget) => ({ rollouts: beams(budget, 60) }),
  beam: (budget) => ({ rollouts: beams(budget, 100) }),
  dvts: (budget) => ({ rollouts: beams(budget, 90) }),
  rebase: (budget) => ({ rollouts: beams(budget, 90) }),
  "particle-filter": (budget) => ({ rollouts: beams(budget, 90) }),
  // A state's last line is sampled as often as its steps, and each time is a candidate: their number must not bind.
  "tot-bfs": (budget) => ({ params: breadthFirst(budget), rollouts: PLENTY }),
  "tot-dfs": (budget) => ({
    params: { samples: budget < 4000 ? 10 : 16, max_children: budget < 4000 ? 5 : 8, prune_below: 0.1 },
    rollouts: PLENTY,
    width: 1,
  }),
  mcts: () => ({ rollouts: PLENTY, params: { samples_per_call: 4 }, width: 1 }),
  alpha: () => ({
    // Steps of this task differ by a few characters only: an edit distance takes different moves for the same.
    params: { merge: "none", root_children: 8, exploration_weight: 0.1, search_time: 400, min_terminals: 400 },
    rollouts: PLENTY,
    width: 1,
  }),
  gumbel: (budget) => ({ rollouts: beams(budget, 60) }),
  "ab-mcts": () => ({ rollouts: PLENTY, params: { mode: "steps", posterior: "beta" }, width: 1 }),
  "self-explore": (budget) => ({ params: { solutions: beams(budget, 150) }, rollouts: PLENTY }),
  // The two collections take the judge's word alone or go on after the first right answer: made for data, not for serving.
  "preference-bfs": (budget) => ({ params: breadthFirst(budget), rollouts: PLENTY }),
  "preference-mcts": () => ({ params: { n_actions: 5, iterations: 8, root_factor: 2 }, rollouts: PLENTY, width: 1 }),
};
