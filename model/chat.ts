import type { Tokenizer } from "./tokenizer.ts";
import { ASSISTANT, END, USER } from "./vocabulary.ts";

export type ChatMessage = { readonly role: string; readonly content: string };

/** The same template as Jinja text, for llama.cpp and other readers of the GGUF file. */
export const CHAT_TEMPLATE =
  `{% for message in messages %}{% if message['role'] == 'user' %}${USER}{{ message['content'] }}` +
  `{% elif message['role'] == 'assistant' %}${ASSISTANT}{{ message['content'] }}${END}{% endif %}{% endfor %}` +
  `{% if add_generation_prompt %}${ASSISTANT}{% endif %}`;

/**
 * The tokens of a conversation, ready for the next assistant token. Messages of other roles than user and assistant
 * (system, developer, tool) are dropped: instructions for big models mean nothing to this one. A last assistant message
 * is not closed: the model continues it.
 */
export function encodeChat(tokenizer: Tokenizer, messages: readonly ChatMessage[]): readonly number[] {
  const turns = messages.filter((message) => message.role === "user" || message.role === "assistant");
  const tokens: number[] = [];
  for (const [index, turn] of turns.entries()) {
    const isAssistant = turn.role === "assistant";
    tokens.push(tokenizer.special(isAssistant ? ASSISTANT : USER), ...tokenizer.encode(turn.content));
    if (isAssistant && index < turns.length - 1) tokens.push(tokenizer.special(END));
  }
  if (turns.at(-1)?.role !== "assistant") tokens.push(tokenizer.special(ASSISTANT));
  return tokens;
}
