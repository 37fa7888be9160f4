import type { Limits } from "./core/budget.ts";
import type { Sampling } from "./core/policy.ts";
import type { SelectionName } from "./core/selection.ts";

/**
 * Everything that decides how one search runs, as plain JSON: names, parameters and a seed. It is stored in the first
 * event of the log, so that a search resumes after a crash, a deploy or a year exactly as it was asked.
 */
export interface Recipe {
  /** The public model id the client asked for. */
  readonly model: string;
  /** A name in `methods/index.ts`. */
  readonly method: string;
  /** Validated by the method's own schema, defaults filled in. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly verifiers: readonly VerifierSpec[];
  /** Null: the method's own choice. */
  readonly selection: SelectionName | null;
  readonly limits: Limits;
  /** Steps in flight at most. */
  readonly width: number;
  readonly seed: number;
  readonly sampling: Sampling;
  /** Why the search is smaller than it might have been, e.g. "no_verifier"; null when nothing was cut. */
  readonly note: string | null;
  readonly clamped: readonly string[];
}

export interface VerifierSpec {
  /** A name in `verifiers/index.ts`. */
  readonly type: string;
  /** Share in the weighted mean of estimates, > 0. */
  readonly weight: number;
}

/** A request's fault, in the words of OpenAI's error object. */
export interface RecipeError {
  readonly code:
    | "unknown_parameter"
    | "invalid_value"
    | "invalid_type"
    | "integer_above_max_value"
    | "integer_below_min_value"
    | "unsupported_value"
    | "model_not_found";
  readonly message: string;
  /** Path in the request body, e.g. "search.budget.max_rollouts". */
  readonly param: string;
}
