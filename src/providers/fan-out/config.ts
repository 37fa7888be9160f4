import { z } from "zod";
import { fail, type Result, succeed } from "../../core/result.ts";
import type { Fetch } from "../egress.ts";

/** How calls get past the six connections of one invocation (PLATFORM.md, A2). */
export interface FanOutConfig {
  /** Outlets of one tenant for one provider, 0..64; 0: calls beyond the sixth wait for a slot. */
  readonly outlets: number;
  /**
   * Every call says which invocation made it in a header of ours: for benchmarks, whose provider then counts what
   * production would. Providers have no business knowing.
   */
  readonly isTagged: boolean;
}

/**
 * Six and eight times six calls may wait for their headers at once, enough for a search of the widest kind (`max_parallel`
 * 64, PLATFORM.md: "above some 32-64 wide"). An outlet is asked only when the search's own six are taken, so that none
 * runs, and none is billed, where providers send their headers at once.
 */
export const DEFAULT_FAN_OUT: FanOutConfig = { outlets: 8, isTagged: false };

const schema = z.strictObject({
  outlets: z.int().min(0).max(64).default(DEFAULT_FAN_OUT.outlets),
  tagged: z.boolean().default(false),
});

/** Reads the Worker variable FAN_OUT. */
export function parseFanOut(json: string): Result<FanOutConfig, string> {
  let raw: unknown;
  try {
    raw = JSON.parse(json);
  } catch {
    return fail("FAN_OUT is not valid JSON");
  }
  const parsed = schema.safeParse(raw);
  if (parsed.success) return succeed({ outlets: parsed.data.outlets, isTagged: parsed.data.tagged });
  const lines = parsed.error.issues.map(({ path, message }) => `${["FAN_OUT", ...path].join(".")}: ${message}`);
  return fail(lines.join("; "));
}

/** Of benchmarks: see `isTagged`. */
export const INVOCATION_HEADER = "x-espalier-invocation";

/** `fetch` that says which invocation it was. */
export function tagged(send: Fetch, invocation: string): Fetch {
  return (input, init) => {
    const request = new Request(input, init);
    request.headers.set(INVOCATION_HEADER, invocation);
    return send(request);
  };
}
