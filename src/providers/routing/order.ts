import type { RoutingPolicy } from "./route.ts";

/** As configured: the first serves, the others stand by. */
export const order: RoutingPolicy = {
  name: "order",
  rank: (candidates) => candidates,
};
