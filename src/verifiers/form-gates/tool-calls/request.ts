import { z } from "zod";
import type { Problem } from "../../../core/problem.ts";
import { type Check, compileSchema } from "../../schema.ts";

/** What a request says about calling tools. */
export interface ToolRules {
  /** By name, a function's check of its arguments; null for a tool without JSON arguments. */
  readonly tools: ReadonlyMap<string, Check | null>;
  readonly isRequired: boolean;
  /** The tools that may be called; null for all. */
  readonly allowed: ReadonlySet<string> | null;
  /** At most one call. */
  readonly isSingle: boolean;
}

const functionTool = z.object({
  type: z.literal("function"),
  function: z.object({ name: z.string(), parameters: z.unknown().optional() }),
});
const customTool = z.object({ type: z.literal("custom"), custom: z.object({ name: z.string() }) });
const tool = z.discriminatedUnion("type", [functionTool, customTool]);
export type Tool = z.infer<typeof tool>;
const allowedTools = z.object({
  type: z.literal("allowed_tools"),
  allowed_tools: z.object({ mode: z.string(), tools: z.array(tool) }),
});
const choice = z.union([
  z.enum(["none", "auto", "required"]),
  z.discriminatedUnion("type", [functionTool, customTool, allowedTools]),
]);
type Choice = z.infer<typeof choice>;

/** Null where the request offers no tools, or in words that we do not know: what cannot be understood is not demanded. */
export function toolsOf({ forwarded }: Problem): readonly Tool[] | null {
  const offered = z.array(tool).min(1).safeParse(forwarded.tools);
  return offered.success ? offered.data : null;
}

export function rulesOf(offered: readonly Tool[], { forwarded }: Problem): ToolRules {
  const chosen = choice.safeParse(forwarded.tool_choice ?? "auto");
  return {
    tools: new Map(offered.map((one) => [nameOf(one), one.type === "function" ? checkOf(one.function) : null])),
    isSingle: forwarded.parallel_tool_calls === false,
    ...(chosen.success ? demandOf(chosen.data) : { isRequired: false, allowed: null }),
  };
}

/**
 * A schema that cannot be used here is not looked at: what it means to the provider is between the two. It is compiled when
 * the tool is first called: agents offer dozens of tools and call one.
 */
function checkOf({ parameters }: { readonly parameters?: unknown }): Check {
  let check: Check | null = null;
  return (value, length) => {
    if (check === null) {
      const compiled = compileSchema(parameters ?? {}, true);
      check = typeof compiled === "function" ? compiled : () => null;
    }
    return check(value, length);
  };
}

function demandOf(chosen: Choice): Pick<ToolRules, "isRequired" | "allowed"> {
  if (chosen === "none") return { isRequired: false, allowed: new Set() };
  if (typeof chosen === "string") return { isRequired: chosen === "required", allowed: null };
  if (chosen.type !== "allowed_tools") return { isRequired: true, allowed: new Set([nameOf(chosen)]) };
  const { mode, tools } = chosen.allowed_tools;
  return { isRequired: mode === "required", allowed: new Set(tools.map(nameOf)) };
}

function nameOf(one: Tool): string {
  return one.type === "function" ? one.function.name : one.custom.name;
}
