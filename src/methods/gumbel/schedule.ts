/** Whose turn it is: a simulation goes to an action that has just so many visits. */
export interface Turn {
  readonly visits: number;
  /** The first turn after the considered actions were halved. */
  readonly isHalving: boolean;
}

/**
 * Turn number `index` (from 0) of sequential halving (Karnin et al. 2013) as mctx plans it: of `actions` considered
 * actions each gets its share of all `simulations`, then the better half of them, down to two. Which actions those are
 * need not be remembered: whoever has the visits that a turn asks for is still in, and of these the best comes next.
 */
export function turnOf(actions: number, simulations: number, index: number): Turn {
  if (actions <= 1) return { visits: index, isHalving: false };
  const phases = Math.ceil(Math.log2(actions));
  let considered = actions;
  let isHalved = false;
  let visits = 0;
  let start = 0;
  for (;;) {
    const rounds = Math.max(1, Math.floor(simulations / (phases * considered)));
    const turn = index - start;
    if (turn < rounds * considered) {
      return { visits: visits + Math.floor(turn / considered), isHalving: isHalved && turn === 0 };
    }
    start += rounds * considered;
    visits += rounds;
    isHalved = considered > 2;
    considered = Math.max(2, Math.floor(considered / 2));
  }
}
