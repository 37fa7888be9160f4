/** What is asked. Immutable and free of HTTP: the same problem can come from the API, a batch or a benchmark. */
export interface Problem {
  readonly messages: readonly Message[];
  /** OpenAI's `tools`, `tool_choice`, `response_format` and the like, forwarded as they came. */
  readonly forwarded: Readonly<Record<string, unknown>>;
  /** A reference answer where the request supplies one. Never shown to a model. */
  readonly reference: string | null;
}

export type Role = "system" | "developer" | "user" | "assistant" | "tool" | "function";

export interface Message {
  readonly role: Role;
  readonly content: string | readonly ContentPart[] | null;
  readonly name?: string;
  readonly tool_calls?: readonly unknown[];
  readonly tool_call_id?: string;
  /** What an assistant's turn was thought out with, under the names that providers have for it. */
  readonly reasoning_content?: string;
  readonly reasoning?: string;
  readonly reasoning_details?: readonly unknown[];
}

export type ContentPart =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: string; readonly [key: string]: unknown };

/** The text of one message; parts that are not text are left out. */
export function messageText(message: Message): string {
  if (message.content === null) return "";
  if (typeof message.content === "string") return message.content;
  return message.content
    .map((part) => ("text" in part && typeof part.text === "string" ? part.text : ""))
    .filter((text) => text !== "")
    .join("\n");
}

/** The text of the last user message: what an exact verifier reads the task from. */
export function questionOf(problem: Problem): string {
  for (let index = problem.messages.length - 1; index >= 0; index--) {
    const message = problem.messages[index];
    if (message?.role === "user") return messageText(message);
  }
  return "";
}
