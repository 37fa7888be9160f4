import { z } from "zod";
import type { ApiError } from "../errors.ts";

/** `tools`, `tool_choice` and `parallel_tool_calls` of a chat completion (WIRE.md 1.2). */
export const toolFields = {
  tools: z.array(z.looseObject({ type: z.string() })).nullish(),
  tool_choice: z
    .union([z.enum(["none", "auto", "required"]), z.looseObject({ type: z.string() })], {
      error: "expected 'none', 'auto', 'required' or an object",
    })
    .nullish(),
  parallel_tool_calls: z.boolean().nullish(),
};

type Fields = z.infer<z.ZodObject<typeof toolFields>>;
type Tool = NonNullable<Fields["tools"]>[number];

const functionTool = z.looseObject({ name: z.string().min(1) });
const namedChoice = z.object({ type: z.literal("function"), function: z.looseObject({ name: z.string() }) });
const allowedChoice = z.object({
  type: z.literal("allowed_tools"),
  allowed_tools: z.object({ mode: z.enum(["auto", "required"]), tools: z.array(namedChoice).min(1) }),
});

/** What is wrong with them; null where nothing is. */
export function toolFault({ tools, tool_choice: choice }: Fields): ApiError | null {
  for (const [index, tool] of (tools ?? []).entries()) {
    // Custom tools and those that OpenAI runs itself would be refused by every other provider, if at all understood.
    if (tool.type !== "function") return unsupportedType(`tools[${index}].type`, tool.type);
    if (nameOf(tool) === null) {
      const param = `tools[${index}].function.name`;
      return invalid("missing_required_parameter", param, `Missing required parameter: '${param}'.`);
    }
  }
  if (choice === null || choice === undefined || typeof choice === "string") return null;
  const named = namedIn(choice);
  if (named === null) {
    const isKnown = choice.type === "function" || choice.type === "allowed_tools";
    if (!isKnown) return unsupportedType("tool_choice.type", choice.type);
    return invalid("invalid_value", "tool_choice", "Invalid value for 'tool_choice': it names no function.");
  }
  const known = (tools ?? []).map(nameOf);
  const unknown = named.find((name) => !known.includes(name));
  if (unknown === undefined) return null;
  const message = `Invalid value for 'tool_choice': the function '${unknown}' is not among the 'tools'.`;
  return invalid("invalid_value", "tool_choice", message);
}

/**
 * As every provider understands them. Nothing is left where no tool is: a choice among none is refused by some.
 * `allowed_tools` becomes the tools that it allows, with its mode as the choice.
 */
export function toolsOf({ tools, tool_choice: choice, parallel_tool_calls }: Fields): Record<string, unknown> {
  if (tools === null || tools === undefined || tools.length === 0) return {};
  const allowed = typeof choice === "object" ? allowedChoice.safeParse(choice).data?.allowed_tools : undefined;
  const names = allowed?.tools.map((one) => one.function.name);
  const toolChoice = allowed?.mode ?? choice;
  return {
    tools: tools.filter((tool) => names?.includes(nameOf(tool) ?? "") ?? true).map(nested),
    ...(toolChoice != null && { tool_choice: toolChoice }),
    ...(parallel_tool_calls != null && { parallel_tool_calls }),
  };
}

function namedIn(choice: object): readonly string[] | null {
  const named = namedChoice.safeParse(choice);
  if (named.success) return [named.data.function.name];
  const allowed = allowedChoice.safeParse(choice);
  return allowed.success ? allowed.data.allowed_tools.tools.map((one) => one.function.name) : null;
}

function nameOf(tool: Tool): string | null {
  return functionTool.safeParse(tool.function ?? tool).data?.name ?? null;
}

/** Flat, as the Responses API writes it, is accepted as well: agents that speak both mix them up. */
function nested(tool: Tool): object {
  if (tool.function !== undefined) return tool;
  const { type, ...fields } = tool;
  return { type, function: fields };
}

function unsupportedType(param: string, type: string): ApiError {
  const message = `Unsupported value: '${param}' does not support '${type}'. Supported values are: 'function'.`;
  return invalid("unsupported_value", param, message);
}

function invalid(code: string, param: string, message: string): ApiError {
  return { type: "invalid-parameter", code, message, param };
}
