import type { TokenLogprob } from "../../core/model.ts";
import { tokenToWire } from "../chat-completions/logprobs.ts";
import { type Said, type SaidCall, tokensWithin } from "../chat-completions/said.ts";
import { functionCallIdOf, messageIdOf } from "./response-id.ts";

export type OutputItem = MessageItem | FunctionCallItem;

export type MessageItem = {
  readonly id: string;
  readonly type: "message";
  readonly status: ItemStatus;
  readonly role: "assistant";
  readonly content: ContentPart[];
};

export type FunctionCallItem = {
  readonly id: string;
  readonly type: "function_call";
  readonly status: ItemStatus;
  readonly call_id: string;
  readonly name: string;
  readonly arguments: string;
};

export type ItemStatus = "in_progress" | "completed" | "incomplete";

export type ContentPart =
  | {
      readonly type: "output_text";
      readonly text: string;
      readonly annotations: readonly object[];
      readonly logprobs: readonly object[];
    }
  | { readonly type: "refusal"; readonly refusal: string };

/** The text, if there is any, then the calls. What was cut off is the last of them. */
export function outputOf(searchId: string, said: Said, isCut: boolean): OutputItem[] {
  const { calls } = said;
  const isSilent = said.content === "" && said.refusal === "" && calls.length > 0;
  const statusAt = (isLast: boolean): ItemStatus => (isCut && isLast ? "incomplete" : "completed");
  return [
    ...(isSilent ? [] : [messageItem(searchId, said, statusAt(calls.length === 0))]),
    ...calls.map((call, index) => callItem(searchId, call, index, statusAt(index === calls.length - 1))),
  ];
}

export function messageItem(searchId: string, said: Said, status: ItemStatus): MessageItem {
  const { content, refusal, tokens } = said;
  const ofContent = tokens.slice(0, tokensWithin(tokens, content.length));
  const parts: ContentPart[] = [
    ...(content === "" && refusal !== "" ? [] : [textPart(content, ofContent)]),
    ...(refusal === "" ? [] : [{ type: "refusal" as const, refusal }]),
  ];
  return { id: messageIdOf(searchId), type: "message", status, role: "assistant", content: parts };
}

export function textPart(text: string, tokens: readonly TokenLogprob[]): ContentPart {
  return { type: "output_text", text, annotations: [], logprobs: tokens.map(tokenToWire) };
}

export function callItem(searchId: string, call: SaidCall, index: number, status: ItemStatus): FunctionCallItem {
  const id = functionCallIdOf(searchId, index);
  const { name, arguments: text } = call;
  return {
    id,
    type: "function_call",
    status,
    call_id: call.id === "" ? id : call.id,
    name,
    arguments: text === "" ? "{}" : text,
  };
}
