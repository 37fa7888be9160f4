/** How long the last successful calls took, in ms. */
export interface LatencyWindow {
  readonly count: number;
  add(ms: number): void;
  /** By nearest rank, `share` in (0, 1]; null while there are fewer than `least` calls. */
  quantile(share: number, least: number): number | null;
  /** Tells of every further call; returns how to stop. */
  watch(onAdd: () => void): () => void;
}

/** Enough for a 95th percentile that is not the maximum, few enough to follow a provider's mood. */
const WINDOW = 64;

export function createLatencyWindow(): LatencyWindow {
  let recent: number[] = [];
  let sorted: number[] | null = null;
  const watching = new Set<() => void>();
  return {
    get count() {
      return recent.length;
    },
    add: (ms) => {
      recent = [...recent, ms].slice(-WINDOW);
      sorted = null;
      for (const onAdd of watching) onAdd();
    },
    quantile: (share, least) => {
      if (recent.length < Math.max(1, least)) return null;
      sorted ??= recent.toSorted((a, b) => a - b);
      return sorted[Math.ceil(share * sorted.length) - 1] ?? null;
    },
    watch: (onAdd) => {
      watching.add(onAdd);
      return () => watching.delete(onAdd);
    },
  };
}
