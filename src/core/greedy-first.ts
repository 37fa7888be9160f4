import type { Method } from "./method.ts";
import { issue, type Role } from "./step.ts";

/** What candidates are explored at where the client asks for temperature 0: the provider's own distribution. */
export const EXPLORATION_TEMPERATURE = 1;

/**
 * For a client that asks for temperature 0, where N samples would be one and the same (WIRE.md 4.6): the first whole answer
 * is greedy, so that what the client would have got without a search is among the candidates, and all others explore. A
 * proposal of several becomes one of one; the method asks for the rest. Told by the tree alone, so that a resumed search
 * decides alike; where the first call fails for good, the next one is the greedy one.
 *
 * `isWhole`: does a proposal in this role bring whole answers? A search that builds its answers step by step, without a
 * draft, has no greedy one.
 */
export function withGreedyFirst(method: Method, isWhole: (role: Role) => boolean): Method {
  return {
    ...method,
    next: (tree, random) => {
      const decision = method.next(tree, random);
      if (decision.type !== "step" || decision.step.type !== "propose") return decision;
      if (tree.rollouts + tree.rolloutsInFlight > 0 || !isWhole(decision.step.role)) return decision;
      return issue({ ...decision.step, count: 1, temperature: 0 });
    },
  };
}
