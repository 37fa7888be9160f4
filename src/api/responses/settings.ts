/** What every state of a response repeats of its request, in the words of the wire (WIRE.md 1.9). */
export interface ResponseSettings {
  readonly model: string;
  readonly background: boolean;
  readonly store: boolean;
  readonly instructions: string | null;
  readonly previous_response_id: string | null;
  readonly max_output_tokens: number | null;
  readonly max_tool_calls: number | null;
  readonly parallel_tool_calls: boolean;
  readonly temperature: number;
  readonly top_p: number;
  readonly top_logprobs: number;
  readonly presence_penalty: number;
  readonly frequency_penalty: number;
  readonly tools: readonly object[];
  readonly tool_choice: string | object;
  readonly text: object;
  readonly reasoning: object;
  readonly truncation: "auto" | "disabled";
  readonly service_tier: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly prompt_cache_key: string | null;
  readonly safety_identifier: string | null;
  readonly user: string | null;
}

/** What is kept beside the search of a stored response. The rest is in the search itself. */
export interface KeptResponse {
  readonly type: "response";
  readonly settings: ResponseSettings;
  /** Messages of earlier responses in the search's problem, after the instructions and before its own input. */
  readonly inheritedCount: number;
}

/** The search's object keeps a value of 2 MB, in which a character may take two bytes. */
export const MAX_KEPT_LENGTH = 500_000;

/** Null for what was kept by somebody else. */
export function parseKept(json: string): KeptResponse | null {
  const kept = JSON.parse(json) as { readonly type?: string };
  return kept.type === "response" ? (kept as KeptResponse) : null;
}
