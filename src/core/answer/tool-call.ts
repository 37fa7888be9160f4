import { answerAt, canonicalJson } from "./json.ts";

/**
 * The answer that a candidate gives by calling a tool: the arguments of its last call of this tool, or a field of them.
 * Where no tool is named, all calls count, with their names, in order.
 */
export function toolAnswer(
  toolCalls: readonly unknown[],
  tool: string | undefined,
  field: string | undefined,
): string | null {
  const calls = toolCalls.map(readCall).filter((call) => call !== null);
  if (tool === undefined && field === undefined) {
    return calls.length === 0
      ? null
      : calls.map((call) => `${call.name}(${canonicalJson(call.parameters)})`).join("; ");
  }
  const last = calls.filter(({ name }) => tool === undefined || name === tool).at(-1);
  return last === undefined ? null : answerAt(last.parameters, field);
}

interface ToolCall {
  readonly name: string;
  readonly parameters: unknown;
}

/** OpenAI's `{"type": "function", "function": {"name", "arguments": "<JSON>"}}`; null for anything else. */
function readCall(call: unknown): ToolCall | null {
  if (typeof call !== "object" || call === null || !("function" in call)) return null;
  const said = call.function;
  if (typeof said !== "object" || said === null || !("name" in said) || typeof said.name !== "string") return null;
  const text = "arguments" in said && typeof said.arguments === "string" ? said.arguments : "{}";
  try {
    return { name: said.name, parameters: JSON.parse(text === "" ? "{}" : text) };
  } catch {
    return null;
  }
}
