import { byKey, type RoutingPolicy } from "./route.ts";

/** By what the request costs at most; a million times that, so that no rounding makes two prices one. */
export const cheapest: RoutingPolicy = {
  name: "cheapest",
  rank: (candidates, { promptTokens, completionTokens }) =>
    byKey(
      candidates,
      ({ price }) =>
        promptTokens * price.promptMicrodollarsPerMillion + completionTokens * price.completionMicrodollarsPerMillion,
    ),
};
