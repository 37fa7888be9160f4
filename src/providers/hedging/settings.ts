import { z } from "zod";

export interface HedgeSettings {
  /** A call is slow beyond this quantile of the last ones like it, in [0.5, 1). */
  readonly quantile: number;
  /** Calls like it that must have been measured. */
  readonly minimumCalls: number;
  /** Hedges per call in the long run, in (0, 1]. */
  readonly share: number;
  /** Hedges that a search may make beyond its share. */
  readonly burst: number;
}

/** All of it has a default; `16` calls are measured within the first wave of a search of 32. */
export const hedgeSchema = z.strictObject({
  quantile: z.number().min(0.5).max(0.999).default(0.95),
  minimumCalls: z.number().int().min(5).max(64).default(16),
  share: z.number().gt(0).max(1).default(0.05),
  burst: z.number().int().min(0).max(100).default(5),
});
