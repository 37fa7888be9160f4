import type { Capabilities, CompletionRequest } from "../../core/model.ts";
import type { Message } from "../../core/problem.ts";
import type { WireCall } from "../wire.ts";
import { acceptedBy } from "./accepted.ts";

/** What is asked in one call for `count` choices, ready to be put into an upstream's own words. */
export function wireCallOf(
  request: CompletionRequest,
  upstream: string,
  capabilities: Capabilities,
  count: number,
  seed: number,
): WireCall {
  return {
    request,
    messages: messagesOf(request, capabilities),
    forwarded: acceptedBy(capabilities, withoutOwn(request.forwarded)),
    upstream,
    capabilities,
    count,
    seed: seed % SEEDS,
  };
}

/**
 * The messages as they are sent. A prefix goes last as the assistant's own words. A model that cannot continue them is
 * asked to in one more user turn; that is an emulation: the model sees its words as a finished turn and may greet,
 * repeat or restart, so log-probabilities and step boundaries are not those of a true continuation (ALGORITHMS.md 3.2).
 */
export function messagesOf(request: CompletionRequest, capabilities: Capabilities): readonly Message[] {
  const messages = capabilities.reasoningInput === true ? request.messages : request.messages.map(withoutReasoning);
  if (request.prefix === "") return messages;
  const begun: readonly Message[] = [...messages, { role: "assistant", content: request.prefix }];
  return capabilities.continuation ? begun : [...begun, { role: "user", content: CONTINUE }];
}

/** Another provider's thoughts are refused by some, and paid for by all. */
function withoutReasoning({ reasoning_content, reasoning, reasoning_details, ...message }: Message): Message {
  return message;
}

const CONTINUE =
  "Your answer above is not finished. Continue it exactly where it stopped. Write only what comes next: do not repeat " +
  "any of it, do not start over, and do not comment on this request.";

/** Providers take a non-negative 32-bit integer; `deriveSeed` draws from [0, 2^31), and `seed + i` must stay there. */
const SEEDS = 2 ** 31;

/**
 * Fields that this request decides by itself. A forwarded one is dropped even where ours is absent: `best_of`, a second
 * token limit or a forwarded `n` would let a call cost more than its worst case.
 */
const OWN: ReadonlySet<string> = new Set([
  "model",
  "messages",
  "stream",
  "stream_options",
  "max_tokens",
  "max_completion_tokens",
  "seed",
  "n",
  "best_of",
  "use_beam_search",
  "temperature",
  "top_p",
  "stop",
  "logprobs",
  "top_logprobs",
  "continue_final_message",
  "add_generation_prompt",
]);

export function withoutOwn(forwarded: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(forwarded).filter(([name]) => !OWN.has(name)));
}
