import type { CompareStep, NodeId, Role } from "./step.ts";

/** What comparisons have said, by role and pair. */
export interface Comparisons {
  /** `value` in [0, 1], for the step's first node. The latest counts. */
  add(step: CompareStep, value: number): void;
  /** For `first`, whichever order was asked; null where there was no comparison. */
  get(role: Role, first: NodeId, second: NodeId): number | null;
}

/** For neither: also where a comparison could not be had, or said nothing that could be read. */
export const NO_PREFERENCE = 0.5;

export function createComparisons(): Comparisons {
  const values = new Map<string, number>();
  const keyOf = (role: Role, first: NodeId, second: NodeId): string => `${role} ${first} ${second}`;
  return {
    add: ({ role, nodeIds: [first, second] }, value) => {
      values.set(keyOf(role, first, second), value);
      values.set(keyOf(role, second, first), 1 - value);
    },
    get: (role, first, second) => values.get(keyOf(role, first, second)) ?? null,
  };
}
