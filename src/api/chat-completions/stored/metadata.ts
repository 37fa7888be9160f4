import { z } from "zod";
import { fail, type Result, succeed } from "../../../core/result.ts";
import type { ApiError } from "../../errors.ts";
import { issueToError } from "../issue.ts";

/** The client's own notes on a stored completion, which it can be found by. */
export type Metadata = Readonly<Record<string, string>>;

const MAX_PAIRS = 16;
const MAX_KEY_LENGTH = 64;
const MAX_VALUE_LENGTH = 512;

/** OpenAI's bounds (WIRE.md 1.2). */
const metadataSchema = z
  .record(z.string().max(MAX_KEY_LENGTH), z.string().max(MAX_VALUE_LENGTH))
  .refine((pairs) => Object.keys(pairs).length <= MAX_PAIRS)
  .meta({ maxProperties: MAX_PAIRS });

/** Null takes all of it away. */
export const completionUpdateSchema = z.looseObject({ metadata: metadataSchema.nullable() });

/** Null and absent are none. */
export function parseMetadata(metadata: unknown): Result<Metadata, ApiError> {
  return metadata == null ? succeed({}) : parseUpdate({ metadata });
}

/** The body of an update, which replaces the metadata as a whole. */
export function parseUpdate(body: Readonly<Record<string, unknown>>): Result<Metadata, ApiError> {
  const parsed = completionUpdateSchema.safeParse(body);
  if (parsed.success) return succeed(parsed.data.metadata ?? {});
  const issue = parsed.error.issues[0];
  switch (issue?.code) {
    case "custom":
      return invalid("object_above_max_properties", `too many properties. Expected at most ${MAX_PAIRS}`);
    case "invalid_key":
      return invalid("string_above_max_length", `a property's name has more than ${MAX_KEY_LENGTH} characters`);
    default:
      return fail(issueToError(issue, body));
  }
}

function invalid(code: string, reason: string): Result<never, ApiError> {
  const param = "metadata";
  return fail({ type: "invalid-parameter", code, message: `Invalid '${param}': ${reason}.`, param });
}
