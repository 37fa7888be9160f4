import type { ContentPart, Message } from "../../../core/problem.ts";
import { completionIdOf } from "../../searches/search-id.ts";

/** OpenAI's ChatCompletionStoreMessage: what was asked, each message with an id of its own. */
export function messagesToWire(searchId: string, messages: readonly Message[]) {
  return messages.map((message, index) => {
    const { content, role, name, ...calls } = message;
    const parts = typeof content === "string" || content === null ? null : content;
    return {
      id: `${completionIdOf(searchId)}-${index}`,
      role,
      content: parts === null ? content : textOf(parts),
      name: name ?? null,
      refusal: null,
      ...calls,
      content_parts: parts,
    };
  });
}

/** For those who read `content` alone; null where none of the parts is a text. */
function textOf(parts: readonly ContentPart[]): string | null {
  const texts = parts.flatMap((part): string[] => {
    const { text } = part as { readonly text?: unknown };
    return part.type === "text" && typeof text === "string" ? [text] : [];
  });
  return texts.length === 0 ? null : texts.join("");
}
