import { isRecord, listOf } from "../chunk.ts";

/**
 * The request's own parameters under their names here. Those that are called alike, and those that nobody knows, go on as
 * they are: what the Responses API does not take, it refuses by name.
 */
export function optionsOf(
  forwarded: Readonly<Record<string, unknown>>,
  keepsReasoning: boolean,
): Record<string, unknown> {
  const { reasoning_effort, verbosity, response_format, tools, tool_choice, store, ...rest } = forwarded;
  const format = formatOf(response_format);
  const reasoning = {
    ...(reasoning_effort != null && { effort: reasoning_effort }),
    ...(keepsReasoning && { summary: "auto" }),
  };
  const text = { ...(format !== null && { format }), ...(verbosity != null && { verbosity }) };
  return {
    ...rest,
    ...(Object.keys(reasoning).length > 0 && { reasoning }),
    ...(Object.keys(text).length > 0 && { text }),
    ...(Array.isArray(tools) && { tools: listOf(tools).map(toolOf) }),
    ...(tool_choice != null && { tool_choice: choiceOf(tool_choice) }),
  };
}

/** `json_schema` has its fields one level up. */
function formatOf(format: unknown): unknown {
  if (!isRecord(format)) return null;
  return isRecord(format.json_schema) ? { ...format.json_schema, type: "json_schema" } : format;
}

function toolOf(tool: Readonly<Record<string, unknown>>): unknown {
  // Strict unless said otherwise, where chat completions are lenient: a loose schema would be refused.
  if (isRecord(tool.function)) return { ...tool.function, type: "function", strict: tool.function.strict ?? false };
  return tool;
}

function choiceOf(choice: unknown): unknown {
  if (!isRecord(choice)) return choice;
  if (isRecord(choice.function)) return { type: "function", name: choice.function.name };
  if (isRecord(choice.allowed_tools)) {
    const { mode, tools } = choice.allowed_tools;
    return { type: "allowed_tools", mode, tools: listOf(tools).map(choiceOf) };
  }
  return choice;
}
