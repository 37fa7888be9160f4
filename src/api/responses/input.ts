import { z } from "zod";
import type { ContentPart, Message } from "../../core/problem.ts";

/**
 * What a client sends as `input` (WIRE.md 1.9), and the chat messages that it means. Texts in parts of any direction,
 * images, files and sound; calls of functions and what they returned; references to what an earlier response said.
 */
const part = z.discriminatedUnion("type", [
  z.looseObject({ type: z.enum(["input_text", "output_text", "text"]), text: z.string() }),
  z.looseObject({ type: z.literal("refusal"), refusal: z.string() }),
  z.looseObject({ type: z.literal("input_image"), image_url: z.string().min(1), detail: z.string().nullish() }),
  z
    .looseObject({
      type: z.literal("input_file"),
      file_data: z.string().nullish(),
      file_id: z.string().nullish(),
      filename: z.string().nullish(),
    })
    // Chat completions know no `file_url`, and nothing here fetches one.
    .refine((file) => file.file_data != null || file.file_id != null, { path: ["file_data"] }),
  z.looseObject({ type: z.literal("input_audio"), input_audio: z.looseObject({}) }),
  // Chat's own shape, which clients that speak half of each mix in.
  z.looseObject({ type: z.literal("image_url"), image_url: z.looseObject({ url: z.string() }) }),
]);

/** A string is short for one part of text, so that a complaint about a part can name its place. */
const content = z.preprocess(
  (value) => (typeof value === "string" ? [{ type: "input_text", text: value }] : value),
  z.array(part),
);

const message = z.looseObject({
  type: z.literal("message"),
  role: z.enum(["user", "assistant", "system", "developer"]),
  content,
});
const functionCall = z.looseObject({
  type: z.literal("function_call"),
  call_id: z.string().min(1),
  name: z.string().min(1),
  arguments: z.string(),
});
const functionCallOutput = z.looseObject({
  type: z.literal("function_call_output"),
  call_id: z.string().min(1),
  output: content,
});
/** Another service's thoughts mean nothing to the models behind this one: dropped. */
const reasoning = z.looseObject({ type: z.literal("reasoning") });
const reference = z.looseObject({ type: z.literal("item_reference"), id: z.string().min(1) });

const item = z.preprocess(
  withType,
  z.discriminatedUnion("type", [message, functionCall, functionCallOutput, reasoning, reference]),
);

export const inputSchema = z.preprocess(
  (value) => (typeof value === "string" ? [{ type: "message", role: "user", content: value }] : value),
  z.array(item),
);

type Part = z.infer<typeof part>;
export type InputItem = z.infer<typeof item>;
/** With every reference replaced by what it refers to. */
export type PlainItem = Exclude<InputItem, { type: "item_reference" }>;

/** The type may be left out of a message and of a reference. */
function withType(value: unknown): unknown {
  if (typeof value !== "object" || value === null || ("type" in value && value.type !== null)) return value;
  if ("role" in value) return { ...value, type: "message" };
  return "id" in value ? { ...value, type: "item_reference" } : value;
}

/** Calls in a row are one assistant's turn, together with the text before them. */
export function itemsToMessages(items: readonly PlainItem[]): Message[] {
  const messages: Message[] = [];
  for (const one of items) {
    switch (one.type) {
      case "message":
        messages.push({ role: one.role, content: contentOf(one.role, one.content) });
        break;
      case "function_call": {
        const call = {
          id: one.call_id,
          type: "function",
          function: { name: one.name, arguments: one.arguments },
        };
        const last = messages.at(-1);
        if (last?.role === "assistant") messages.pop();
        const turn: Message = last?.role === "assistant" ? last : { role: "assistant", content: null };
        messages.push({ ...turn, tool_calls: [...(turn.tool_calls ?? []), call] });
        break;
      }
      case "function_call_output":
        messages.push({ role: "tool", tool_call_id: one.call_id, content: contentOf("tool", one.output) });
        break;
      case "reasoning":
        break;
    }
  }
  return messages;
}

/** A string wherever there is only text: parts of a system's, an assistant's or a tool's message are widely refused. */
function contentOf(role: Message["role"], parts: readonly Part[]): Message["content"] {
  const chatParts = parts.map(toChatPart);
  const texts = chatParts.filter((one): one is TextPart => one.type === "text");
  const isOneText = texts.length === chatParts.length && (texts.length < 2 || role !== "user");
  return isOneText ? texts.map(({ text }) => text).join("") : chatParts;
}

interface TextPart {
  readonly type: "text";
  readonly text: string;
}

function toChatPart(one: Part): ContentPart {
  switch (one.type) {
    case "input_text":
    case "output_text":
    case "text":
      return { type: "text", text: one.text };
    case "refusal":
      return { type: "refusal", refusal: one.refusal };
    case "input_image":
      return { type: "image_url", image_url: { url: one.image_url, ...given({ detail: one.detail }) } };
    case "input_file": {
      const { file_data, file_id, filename } = one;
      return { type: "file", file: given({ file_data, file_id, filename }) };
    }
    case "input_audio":
    case "image_url":
      return one;
  }
}

function given(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined));
}
