/** The part of a zod object schema that the core relies on. Unknown keys must be rejected. */
export interface ParameterSchema<Parameters> {
  safeParse(
    input: unknown,
  ):
    | { readonly success: true; readonly data: Parameters }
    | { readonly success: false; readonly error: { readonly issues: readonly ParameterIssue[] } };
}

export interface ParameterIssue {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** Present with code `unrecognized_keys`. */
  readonly keys?: readonly string[] | undefined;
  /** Present with codes `too_big` and `too_small`: what is too long, too many or too high. */
  readonly origin?: string | undefined;
}
