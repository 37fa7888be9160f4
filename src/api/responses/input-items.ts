import type { ContentPart, Message } from "../../core/problem.ts";
import { inputItemIdOf } from "./response-id.ts";

export interface InputItemView {
  readonly id: string;
  readonly type: string;
  readonly [field: string]: unknown;
}

/** Messages as the items they came as: each call and each output is an item of its own. */
export function messagesToItems(searchId: string, messages: readonly Message[]): InputItemView[] {
  const items = messages.flatMap((message): Readonly<Record<string, unknown>>[] => {
    if (message.role === "tool") {
      const output = typeof message.content === "string" ? message.content : partsOf(message);
      return [{ type: "function_call_output", call_id: message.tool_call_id ?? "", output }];
    }
    const calls = (message.tool_calls ?? []).map((call) => {
      const { id, function: called } = call as { id: string; function: { name: string; arguments: string } };
      return { type: "function_call", call_id: id, name: called.name, arguments: called.arguments };
    });
    if (message.content === null && calls.length > 0) return calls;
    return [{ type: "message", role: message.role, content: partsOf(message) }, ...calls];
  });
  return items.map((item, index) => ({
    id: inputItemIdOf(searchId, index),
    status: "completed",
    ...item,
    type: String(item.type),
  }));
}

function partsOf({ role, content }: Message): object[] {
  if (content === null) return [];
  const parts: readonly ContentPart[] = typeof content === "string" ? [{ type: "text", text: content }] : content;
  return parts.map((part) => toItemPart(part, role === "assistant"));
}

function toItemPart(part: ContentPart, isOutput: boolean): object {
  const fields: Readonly<Record<string, unknown>> = part;
  switch (part.type) {
    case "text":
      return isOutput
        ? { type: "output_text", text: fields.text, annotations: [], logprobs: [] }
        : { type: "input_text", text: fields.text };
    case "image_url": {
      const { url, detail } = fields.image_url as { url: string; detail?: string };
      return { type: "input_image", image_url: url, detail: detail ?? "auto" };
    }
    case "file":
      return { type: "input_file", ...(fields.file as object) };
    default:
      return part;
  }
}
