import { z } from "zod";
import type { FormGateDefinition } from "../../../core/form-gate.ts";
import { rulesOf, type ToolRules, toolsOf } from "./request.ts";

/** Told apart by what they have: some providers leave the type out. */
const call = z.union([
  z.object({ function: z.object({ name: z.string(), arguments: z.string().catch("") }) }),
  z.object({ custom: z.object({ name: z.string() }) }),
]);

/**
 * `tools`, `tool_choice` and `parallel_tool_calls`: the next turn of an agent calls tools that there are, as many as it may,
 * one where it must, each with arguments that are JSON of the shape of the tool's `parameters`. Whether calling them is
 * wise is not for a gate to say.
 */
export const toolCalls: FormGateDefinition = {
  name: "tool-calls",
  summary: "Tools are called as the request allows and demands, with arguments of the shape of their parameters.",
  isAsked: (problem) => toolsOf(problem) !== null,
  fault: () => null,
  create: (problem) => {
    const rules = rulesOf(toolsOf(problem) ?? [], problem);
    return { name: "tool-calls", objectionTo: ({ toolCalls: calls }) => objectionTo(calls, rules) };
  },
};

function objectionTo(calls: readonly unknown[], rules: ToolRules): string | null {
  if (calls.length === 0) return rules.isRequired ? "it calls no tool, and tool_choice asks for one" : null;
  if (rules.isSingle && calls.length > 1) return `it makes ${calls.length} calls, and parallel_tool_calls is false`;
  for (const one of calls) {
    const objection = objectionToCall(one, rules);
    if (objection !== null) return objection;
  }
  return null;
}

function objectionToCall(one: unknown, { tools, allowed }: ToolRules): string | null {
  const parsed = call.safeParse(one);
  if (!parsed.success) return "a call that is neither of a function nor of a custom tool";
  const said = parsed.data;
  const name = "function" in said ? said.function.name : said.custom.name;
  const rule = tools.get(name);
  if (rule === undefined) return `there is no tool '${name}'`;
  if (allowed !== null && !allowed.has(name)) return `tool_choice does not allow '${name}'`;
  if (rule === null || !("function" in said)) return null;
  // Without parameters some models write nothing at all.
  const text = said.function.arguments.trim() === "" ? "{}" : said.function.arguments;
  const value = objectIn(text);
  if (value === null) return `the arguments of '${name}' are no JSON object`;
  const fault = rule(value, text.length);
  return fault === null ? null : `the arguments of '${name}': ${fault}`;
}

function objectIn(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
