import { cheapest } from "./cheapest.ts";
import { fastest } from "./fastest.ts";
import { order } from "./order.ts";
import type { RoutingPolicy } from "./route.ts";
import { sticky } from "./sticky.ts";
import { weights } from "./weights.ts";

/** The first is the default. */
export const ROUTING_POLICIES = [order, weights, cheapest, fastest, sticky] as const satisfies readonly RoutingPolicy[];
