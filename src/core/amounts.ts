/** What a step costs, in every unit a budget can limit. Non-negative integers. */
export interface Amounts {
  /** Completed candidates. */
  readonly rollouts: number;
  /** Calls to a provider, failed and cancelled ones included. */
  readonly calls: number;
  /** Prompt plus completion tokens over all calls. */
  readonly tokens: number;
  /** Millionths of a US dollar. */
  readonly microdollars: number;
}

export const NOTHING: Amounts = { rollouts: 0, calls: 0, tokens: 0, microdollars: 0 };

export function addAmounts(a: Amounts, b: Amounts): Amounts {
  return {
    rollouts: a.rollouts + b.rollouts,
    calls: a.calls + b.calls,
    tokens: a.tokens + b.tokens,
    microdollars: a.microdollars + b.microdollars,
  };
}

export function subtractAmounts(a: Amounts, b: Amounts): Amounts {
  return {
    rollouts: a.rollouts - b.rollouts,
    calls: a.calls - b.calls,
    tokens: a.tokens - b.tokens,
    microdollars: a.microdollars - b.microdollars,
  };
}
