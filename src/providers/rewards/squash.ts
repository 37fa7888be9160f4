import type { RewardModelConfig } from "./config.ts";

/** What a server says about one text or one step: a number, or one per class. */
export type Row = number | readonly number[];

/** Rounding of half-precision servers; anything further out is not in the range that was promised. */
const TOLERANCE = 1e-3;

/**
 * The row's value in [0, 1]; null where it is none: raw logits under squash "none", no number, no such class. Never
 * clamped beyond rounding: a server that is configured wrongly must be noticed.
 */
export function squash(
  row: Row,
  { squash: kind, positiveClass }: Pick<RewardModelConfig, "squash" | "positiveClass">,
): number | null {
  const classes = typeof row === "number" ? [row] : row;
  if (classes.length === 0 || !classes.every(Number.isFinite)) return null;
  const positive = positiveClass ?? classes.length - 1;
  const logit = classes[positive];
  if (logit === undefined) return null;
  switch (kind) {
    case "none":
      return logit < -TOLERANCE || logit > 1 + TOLERANCE ? null : Math.min(1, Math.max(0, logit));
    case "sigmoid":
      return 1 / (1 + Math.exp(-logit));
    case "softmax": {
      // One class alone would always come to 1.
      if (classes.length < 2) return null;
      const largest = Math.max(...classes);
      const total = classes.reduce((sum, one) => sum + Math.exp(one - largest), 0);
      return Math.exp(logit - largest) / total;
    }
  }
}

/** The rows under a nested list of numbers; null where it is anything else. */
export function rowsOf(data: unknown): readonly Row[] | null {
  if (!Array.isArray(data) || data.length === 0) return null;
  const rows = data.map((one: unknown): Row | null => {
    if (typeof one === "number") return one;
    return Array.isArray(one) && one.every((inner) => typeof inner === "number") ? (one as number[]) : null;
  });
  return rows.some((row) => row === null) ? null : (rows as Row[]);
}
