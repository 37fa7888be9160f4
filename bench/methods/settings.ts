/** How a method is asked for at a budget of tokens: the parts of the request's `search`. */
export interface MethodSetting {
  readonly params?: Readonly<Record<string, unknown>>;
  /** Completed candidates planned for; what is left out is bound by the tokens alone. */
  readonly rollouts?: number;
  readonly verifier?: unknown;
}

/** More than any budget here can complete. */
const PLENTY = 512;

/**
 * Every method that the embedded model can play, and how it is set for a budget. Tuned on validation hands (never on the
 * test hands that the table is about); what is not tuned is the method's own default.
 */
export const SETTINGS: Readonly<Record<string, (budgetTokens: number) => MethodSetting>> = {
  single: () => ({}),
  "self-consistency": () => ({ rollouts: PLENTY }),
  "best-of-n": () => ({ rollouts: PLENTY }),
  beam: (budget) => ({ rollouts: Math.max(4, Math.round(budget / 60)) }),
  mcts: () => ({ rollouts: PLENTY }),
};
