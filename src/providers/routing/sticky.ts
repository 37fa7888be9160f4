import { createRandom } from "../../core/random.ts";
import { byKey, type RoutingPolicy } from "./route.ts";

/**
 * The same beginning of a prompt goes to the same provider, whose prompt cache then holds it. Weighted rendezvous hashing
 * (Thaler and Ravishankar 1998; weights by -ln(h)/w as in Schindelhauer and Schomaker 2005): where a provider is added or
 * lost, only its own share of the prefixes moves.
 */
export const sticky: RoutingPolicy = {
  name: "sticky",
  rank: (candidates, { prefix }) =>
    byKey(candidates, ({ provider, weight }) => {
      const hash = createRandom(0, "sticky", provider, prefix).next();
      return -Math.log(1 - hash) / weight;
    }),
};
