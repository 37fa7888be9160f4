import type { z } from "zod";
import { fail, type Result, succeed } from "../../core/result.ts";
import { readJsonObject } from "../body.ts";
import { issueToError } from "../chat-completions/issue.ts";
import type { AppContext } from "../context.ts";
import type { ApiError } from "../errors.ts";

/** The body, strict: a name that is not known is an error, so that nothing is set by guessing names (T10). */
export async function readBody<Schema extends z.ZodType>(
  context: AppContext,
  schema: Schema,
): Promise<Result<z.output<Schema>, ApiError>> {
  const body = await readJsonObject(context.req.raw);
  return body.ok ? checkBody(body.value, schema) : body;
}

export function checkBody<Schema extends z.ZodType>(body: unknown, schema: Schema): Result<z.output<Schema>, ApiError> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return succeed(parsed.data);
  const [issue] = parsed.error.issues;
  if (issue?.code === "unrecognized_keys") {
    const param = [...issue.path, issue.keys[0]].map(String).join(".");
    return fail({
      type: "invalid-parameter",
      code: "unknown_parameter",
      message: `Unknown parameter: '${param}'.`,
      param,
    });
  }
  return fail(issueToError(issue, body));
}
