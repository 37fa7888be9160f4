import { z } from "zod";
import type { LimitName, Limits } from "../core/budget.ts";
import { fail, type Result, succeed } from "../core/result.ts";
import { microdollarsWithin } from "../ledger/money.ts";
import type { RecipeError } from "../recipe.ts";

/** The most that one request may ask for. They bind also where it asks for nothing. */
export interface Ceilings {
  readonly limits: Limits;
  /** Calls in flight. */
  readonly width: number;
}

/**
 * Calls: the platform's subrequests per invocation, with some left for our own (PLATFORM.md). Wall time: an hour, the
 * longest that a client may ask for. Tokens and money have none but what LIMITS says.
 */
export const DEFAULT_CEILINGS: Ceilings = {
  limits: { rollouts: 256, calls: 9000, milliseconds: 3_600_000 },
  width: 64,
};

const schema = z.strictObject({
  max_rollouts: z.int().min(1).optional(),
  max_model_calls: z.int().min(1).optional(),
  max_total_tokens: z.int().min(1).optional(),
  max_cost_usd: z.number().positive().optional(),
  max_wall_ms: z.int().min(100).optional(),
  max_parallel: z.int().min(1).optional(),
});

/** Reads the Worker variable LIMITS: JSON in the words of `search.budget`. What it leaves out stays as it is. */
export function parseCeilings(json: string): Result<Ceilings, string> {
  let raw: unknown;
  try {
    raw = JSON.parse(json);
  } catch {
    return fail("LIMITS is not valid JSON");
  }
  const parsed = schema.safeParse(raw);
  if (!parsed.success) {
    return fail(
      parsed.error.issues.map(({ path, message }) => `${["LIMITS", ...path].join(".")}: ${message}`).join("; "),
    );
  }
  const { max_rollouts, max_model_calls, max_total_tokens, max_cost_usd, max_wall_ms, max_parallel } = parsed.data;
  return succeed({
    limits: {
      ...DEFAULT_CEILINGS.limits,
      ...(max_rollouts !== undefined && { rollouts: max_rollouts }),
      ...(max_model_calls !== undefined && { calls: max_model_calls }),
      ...(max_total_tokens !== undefined && { tokens: max_total_tokens }),
      ...(max_cost_usd !== undefined && { microdollars: microdollarsWithin(max_cost_usd) }),
      ...(max_wall_ms !== undefined && { milliseconds: max_wall_ms }),
    },
    width: max_parallel ?? DEFAULT_CEILINGS.width,
  });
}

/** The field of `search` that sets a limit. */
export const LIMIT_PARAMS: Readonly<Record<LimitName, string>> = {
  rollouts: "search.budget.max_rollouts",
  calls: "search.budget.max_model_calls",
  tokens: "search.budget.max_total_tokens",
  microdollars: "search.budget.max_cost_usd",
  milliseconds: "search.budget.max_wall_ms",
};

const WIDTH_PARAM = "search.budget.max_parallel";

export interface Asked {
  readonly limits: Limits;
  readonly width: number;
}

export interface Allowed extends Asked {
  /** The fields whose value was above its ceiling. */
  readonly clamped: readonly string[];
}

/** What was asked for and is allowed. With `onBudget: "error"` too much is refused instead of lowered. */
export function underCeilings(
  asked: Asked,
  ceilings: Ceilings,
  onBudget: "best" | "error",
): Result<Allowed, RecipeError> {
  const tooHigh = LIMIT_NAMES.filter((name) => (asked.limits[name] ?? 0) > (ceilings.limits[name] ?? Infinity));
  const clamped = tooHigh.map((name) => LIMIT_PARAMS[name]);
  if (asked.width > ceilings.width) clamped.push(WIDTH_PARAM);
  const [first] = clamped;
  if (onBudget === "error" && first !== undefined) {
    const message = `Invalid '${first}': it is above what this service allows, and 'search.on_budget' is 'error'.`;
    return fail({ code: "integer_above_max_value", message, param: first });
  }
  return succeed({
    limits: lowest(asked.limits, pick(ceilings.limits, Object.keys(asked.limits) as LimitName[])),
    width: Math.min(asked.width, ceilings.width),
    clamped,
  });
}

const LIMIT_NAMES = Object.keys(LIMIT_PARAMS) as readonly LimitName[];

/** Of each limit the lower one; a limit that one side does not have is the other's. */
export function lowest(a: Limits, b: Limits): Limits {
  const limits = LIMIT_NAMES.flatMap((name) => {
    const value = Math.min(a[name] ?? Infinity, b[name] ?? Infinity);
    return value === Infinity ? [] : [[name, value] as const];
  });
  return Object.fromEntries(limits);
}

export function pick(limits: Limits, names: readonly LimitName[]): Limits {
  return Object.fromEntries(names.flatMap((name) => (limits[name] === undefined ? [] : [[name, limits[name]]])));
}
