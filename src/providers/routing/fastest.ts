import { createRandom } from "../../core/random.ts";
import { byKey, type RoutingPolicy } from "./route.ts";

/** Of the requests, so many go to somebody else first: a provider that has become faster is found out. */
const EXPLORATION_SHARE = 0.05;

/** By measured median duration; those not measured yet come first, and are so. */
export const fastest: RoutingPolicy = {
  name: "fastest",
  rank: (candidates, { seed }) => {
    const ranked = byKey(candidates, ({ medianMs }) => medianMs ?? 0);
    const random = createRandom(seed, "fastest");
    if (ranked.length < 2 || random.next() >= EXPLORATION_SHARE) return ranked;
    const [explored] = ranked.slice(1 + random.integer(ranked.length - 1));
    return explored === undefined ? ranked : [explored, ...ranked.filter((one) => one !== explored)];
  },
};
