import { z } from "zod";
import { fail, type Result, succeed } from "../../core/result.ts";
import type { ApiError } from "../errors.ts";

/**
 * The Responses API writes a function flat, `{type, name, parameters}`, where chat completions nest it below `function`.
 * Chat's shape is accepted, too. Tools that OpenAI runs itself do not exist here. Where the model may do without, it does,
 * and the client is told which were left out: an agent that has a search tool beside its own functions goes on with these.
 * One that must be called, and tools that the client runs itself in another form than a function, are refused.
 */
const functionFields = {
  name: z.string().min(1).max(64),
  description: z.string().nullish(),
  parameters: z.looseObject({}).nullish(),
  strict: z.boolean().nullish(),
};
const tool = z.looseObject({ type: z.string() });
export const toolsSchema = z.array(tool).max(512);

export const toolChoiceSchema = z.union([z.enum(["none", "auto", "required"]), z.looseObject({ type: z.string() })]);

const flatFunction = z.object({ type: z.literal("function"), ...functionFields });
const nestedFunction = z.object({ type: z.literal("function"), function: z.object(functionFields) });

export type FlatTool = z.infer<typeof flatFunction>;

/** Run by OpenAI's servers, by the beginning of their types: `web_search_preview_2025_03_11` is a web search, too. */
const HOSTED = ["web_search", "file_search", "code_interpreter", "image_generation", "mcp"] as const;

export interface AskedTools {
  readonly functions: readonly FlatTool[];
  /** Types of the tools that were left out. */
  readonly dropped: readonly string[];
}

export function parseTools(
  tools: readonly z.infer<typeof tool>[],
  choice: z.infer<typeof toolChoiceSchema>,
): Result<AskedTools, ApiError> {
  const functions: FlatTool[] = [];
  const dropped: string[] = [];
  const mustCall = choice === "required" && !tools.some(({ type }) => type === "function");
  for (const [index, one] of tools.entries()) {
    if (HOSTED.some((type) => one.type.startsWith(type)) && !mustCall) {
      dropped.push(one.type);
      continue;
    }
    const parsed = parseFunction(one, index);
    if (!parsed.ok) return parsed;
    functions.push(parsed.value);
  }
  return succeed({ functions, dropped });
}

function parseFunction(one: z.infer<typeof tool>, index: number): Result<FlatTool, ApiError> {
  if (one.type !== "function") return fail(unsupportedType(`tools[${index}].type`, one.type));
  const nested = nestedFunction.safeParse(one);
  const parsed = nested.success
    ? flatFunction.safeParse({ type: "function", ...nested.data.function })
    : flatFunction.safeParse(one);
  if (parsed.success) return succeed(parsed.data);
  const [issue] = parsed.error.issues;
  const param = `tools[${index}].${issue?.path.join(".") ?? ""}`;
  const message = `Invalid value for '${param}': ${issue?.message ?? "not a function"}.`;
  return fail({ type: "invalid-parameter", code: "invalid_value", message, param });
}

export function toChatTool({ name, description, parameters, strict }: FlatTool): object {
  return {
    type: "function",
    function: {
      name,
      ...(description != null && { description }),
      ...(parameters != null && { parameters }),
      ...(strict != null && { strict }),
    },
  };
}

/** As a response shows it: every field there. */
export function toWireTool({ name, description, parameters, strict }: FlatTool): object {
  return {
    type: "function",
    name,
    description: description ?? null,
    parameters: parameters ?? null,
    strict: strict ?? false,
  };
}

const namedFunction = z.union([
  z.object({ type: z.literal("function"), name: z.string() }),
  z.object({ type: z.literal("function"), function: z.object({ name: z.string() }) }),
]);
const allowedTools = z.object({
  type: z.literal("allowed_tools"),
  mode: z.enum(["auto", "required"]),
  tools: z.array(namedFunction),
});

/** The choice as chat completions write it, and as a response repeats it. */
export interface ToolChoice {
  readonly chat: string | object;
  readonly wire: string | object;
}

export function parseToolChoice(choice: z.infer<typeof toolChoiceSchema>): Result<ToolChoice, ApiError> {
  if (typeof choice === "string") return succeed({ chat: choice, wire: choice });
  const named = namedFunction.safeParse(choice);
  if (named.success) return succeed({ chat: nest(named.data), wire: flatten(named.data) });
  const allowed = allowedTools.safeParse(choice);
  if (!allowed.success) return fail(unsupportedType("tool_choice.type", choice.type));
  const { type, mode, tools } = allowed.data;
  return succeed({
    chat: { type, allowed_tools: { mode, tools: tools.map(nest) } },
    wire: { type, mode, tools: tools.map(flatten) },
  });
}

type NamedFunction = z.infer<typeof namedFunction>;

function nest(choice: NamedFunction): object {
  return { type: "function", function: { name: nameOf(choice) } };
}

function flatten(choice: NamedFunction): object {
  return { type: "function", name: nameOf(choice) };
}

function nameOf(choice: NamedFunction): string {
  return "name" in choice ? choice.name : choice.function.name;
}

function unsupportedType(param: string, type: string): ApiError {
  const message = `Unsupported value: '${param}' does not support '${type}'. Supported values are: 'function'.`;
  return { type: "invalid-parameter", code: "unsupported_value", message, param };
}
