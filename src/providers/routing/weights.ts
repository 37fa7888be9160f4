import { createRandom } from "../../core/random.ts";
import { byKey, type RoutingPolicy } from "./route.ts";

/**
 * Each is first in proportion to its weight, and second among the rest likewise: keys -ln(u)/w, the smallest first
 * (Efraimidis and Spirakis 2006, "Weighted random sampling with a reservoir").
 */
export const weights: RoutingPolicy = {
  name: "weights",
  rank: (candidates, { seed }) =>
    byKey(candidates, ({ provider, weight }) => {
      const draw = createRandom(seed, "route", provider).next();
      return -Math.log(1 - draw) / weight;
    }),
};
