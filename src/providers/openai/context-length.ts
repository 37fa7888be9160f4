/**
 * Ways of saying that a prompt, or a prompt and its answer, are longer than the model's context. Servers agree on no code:
 * OpenAI and Groq send `context_length_exceeded`, llama.cpp `exceed_context_size_error`, most others words alone, some of
 * them as a 500 or inside the error of a provider behind them. tests/providers/context-length.test.ts has each with its source.
 */
const WORDS: readonly RegExp[] = [
  /maximum context length/i,
  /context.{0,20}(?:length|window|size).{0,40}exceed/i,
  /exceed.{0,60}context/i,
  /longer than the model's context length/i,
  /input length.{0,40}exceeds the maximum allowed/i,
  /`inputs` tokens \+ `max_new_tokens` must be <=/i,
  /prompt is too long/i,
  /maximum prompt length/i,
  /token count.{0,40}exceeds the maximum/i,
  /reduce the length of the (?:messages|prompt|input)/i,
  // vLLM subtracts the prompt before it checks; a negative number was never asked for.
  /max_tokens must be at least 1, got -/i,
];

const CODES: ReadonlySet<unknown> = new Set(["context_length_exceeded", "exceed_context_size_error"]);

/** Statuses that mean something else whatever is said with them. */
const OTHERS: ReadonlySet<number> = new Set([401, 403, 404, 408, 409, 429]);

/** `status` null: the error came inside a stream. */
export function isContextLength(
  status: number | null,
  { code, type, message }: { readonly code?: unknown; readonly type?: unknown; readonly message: string },
): boolean {
  if (status === 413) return true;
  if (status !== null && OTHERS.has(status)) return false;
  return CODES.has(code) || CODES.has(type) || WORDS.some((words) => words.test(message));
}
