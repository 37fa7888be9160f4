import type { Node } from "../../core/node.ts";
import { priorsOf } from "../prior.ts";
import { growingRate, puct } from "../puct.ts";
import type { Parameters } from "./parameters.ts";
import { type FirstPlay, oneMoreSample, uct, valueOrFirstPlay, widenBound } from "./uct.ts";

/** What selection compares at a node. */
export interface Bounds {
  /** In the order of the children given. */
  readonly children: readonly number[];
  /** Of one more sample at the node itself. */
  readonly oneMoreSample: number;
}

/** Changes the prior of the given children; the identity where no noise is wanted. */
export type Noise = (priors: readonly number[], children: readonly Node[]) => readonly number[];

/** The bounds of `parent`'s open children and of one more sample there, by UCT or by PUCT. */
export function boundsAt(parent: Node, open: readonly Node[], parameters: Parameters, noise: Noise): Bounds {
  const firstPlay = firstPlayOf(parameters);
  if (parameters.selection === "uct") {
    const { exploration_weight } = parameters;
    return {
      children: open.map((child) => uct(child, parent, exploration_weight, firstPlay)),
      oneMoreSample: widenBound(parent, exploration_weight),
    };
  }
  const { puct_c1, puct_c2, prior, prior_length_exponent } = parameters;
  const rate = growingRate(parent.visits, puct_c1, puct_c2);
  const parentTries = parent.visits + parent.inFlight;
  const priors = noise(priorsOf(open, prior, prior_length_exponent), open);
  const sample = oneMoreSample(parent);
  return {
    children: open.map((child, index) => {
      const tries = child.visits + child.inFlight;
      if (tries === 0 && firstPlay === "infinite") return Number.POSITIVE_INFINITY;
      return puct(valueOrFirstPlay(child, parent, firstPlay), priors[index] ?? 0, tries, parentTries, rate);
    }),
    // A sibling nobody has seen has the share of an average one.
    oneMoreSample: puct(sample.value, 1 / (open.length + 1), sample.tries, parentTries, rate),
  };
}

function firstPlayOf({ selection, first_play_urgency, first_play_reduction }: Parameters): FirstPlay {
  switch (first_play_urgency ?? (selection === "uct" ? "infinite" : "parent-minus")) {
    case "infinite":
      return "infinite";
    case "parent":
      return 0;
    case "parent-minus":
      return first_play_reduction;
  }
}
