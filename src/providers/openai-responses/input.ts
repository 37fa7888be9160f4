import type { ContentPart, Message } from "../../core/problem.ts";
import { isRecord, textOf } from "../chunk.ts";

/** Chat messages as input items: a message may become several, since calls and their results are items of their own. */
export function inputOf(messages: readonly Message[]): readonly unknown[] {
  return messages.flatMap((message) => {
    switch (message.role) {
      case "tool":
      case "function":
        return [resultItem(message)];
      case "assistant":
        return [...saidItem(message), ...(message.tool_calls ?? []).flatMap(callItem)];
      default:
        return [{ role: message.role, content: contentOf(message.content) }];
    }
  });
}

/** What an assistant has said; nothing where it only called. */
function saidItem({ content }: Message): readonly unknown[] {
  const text = typeof content === "string" ? content : (content ?? []).map(saidText).join("");
  return text === "" ? [] : [{ role: "assistant", content: text }];
}

/** Of a text part or a refusal. */
function saidText(part: ContentPart): string {
  return textOf(part.text) || ("refusal" in part ? textOf(part.refusal) : "");
}

function callItem(call: unknown): readonly unknown[] {
  if (!isRecord(call)) return [];
  const { id, function: called, custom } = call;
  if (isRecord(custom)) return [{ type: "custom_tool_call", call_id: id, name: custom.name, input: custom.input }];
  if (!isRecord(called)) return [];
  return [{ type: "function_call", call_id: id, name: called.name, arguments: called.arguments }];
}

function resultItem({ tool_call_id, content }: Message): unknown {
  return { type: "function_call_output", call_id: tool_call_id, output: content === null ? "" : contentOf(content) };
}

function contentOf(content: Message["content"]): unknown {
  return typeof content === "string" ? content : (content ?? []).map(partOf);
}

/** Kinds that the Responses API does not know go as they are: it says so itself. */
function partOf(part: ContentPart): unknown {
  const fields: Readonly<Record<string, unknown>> = part;
  switch (part.type) {
    case "text":
      return { type: "input_text", text: fields.text };
    case "image_url": {
      const image = isRecord(fields.image_url) ? fields.image_url : { url: fields.image_url };
      return { type: "input_image", image_url: image.url, detail: image.detail ?? "auto" };
    }
    case "file":
      return { type: "input_file", ...(isRecord(fields.file) ? fields.file : {}) };
    default:
      return part;
  }
}
