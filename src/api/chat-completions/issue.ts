import type { z } from "zod";
import type { ApiError } from "../errors.ts";

/** A schema's complaint about the request body in OpenAI's words, with the path of the field at fault. */
export function issueToError(issue: z.core.$ZodIssue | undefined, body: unknown): ApiError {
  const param = pathOf(issue?.path ?? []);
  const say = (code: string, message: string): ApiError => ({ type: "invalid-parameter", code, message, param });
  if (issue === undefined) return say("invalid_value", "Invalid request body.");
  if (valueAt(body, issue.path) === undefined) {
    return say("missing_required_parameter", `Missing required parameter: '${param}'.`);
  }
  switch (issue.code) {
    case "too_big":
      return say(boundCode(issue.origin, param, "above_max"), `Invalid '${param}': ${issue.message}.`);
    case "too_small":
      return say(boundCode(issue.origin, param, "below_min"), `Invalid '${param}': ${issue.message}.`);
    case "invalid_type":
      return say("invalid_type", `Invalid type for '${param}': ${issue.message}.`);
    case "invalid_union":
      // A shape is told by one of its fields, and there is none by that name.
      if ("discriminator" in issue) return say("invalid_value", `Invalid value for '${param}': it is not supported.`);
      return say("invalid_type", `Invalid type for '${param}': ${issue.message}.`);
    default:
      return say("invalid_value", `Invalid value for '${param}': ${issue.message}.`);
  }
}

/** OpenAI's own codes: `integer_above_max_value`, `array_above_max_length`, and so on. */
function boundCode(origin: string, param: string, bound: "above_max" | "below_min"): string {
  if (origin === "array" || origin === "string") return `${origin}_${bound}_length`;
  return `${DECIMALS.includes(param.split(".")[0] ?? "") ? "decimal" : "integer"}_${bound}_value`;
}

/** The schema calls an integer out of range a number, too. */
const DECIMALS: readonly string[] = ["temperature", "top_p", "frequency_penalty", "presence_penalty", "logit_bias"];

/** `["messages", 0, "role"]` is `messages[0].role`. */
function pathOf(path: readonly PropertyKey[]): string {
  let text = "";
  for (const key of path) {
    if (typeof key === "number") text += `[${key}]`;
    else text += text === "" ? String(key) : `.${String(key)}`;
  }
  return text;
}

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  let value = body;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}
