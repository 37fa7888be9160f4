import type { Capabilities, CompletionRequest } from "../../core/model.ts";
import type { Message } from "../../core/problem.ts";
import { acceptedBy } from "./accepted.ts";

/** The body of one upstream call for `count` choices. Always streamed: headers then come at once (PLATFORM.md, A2). */
export function bodyOf(
  request: CompletionRequest,
  upstream: string,
  capabilities: Capabilities,
  count: number,
  seed: number,
): Record<string, unknown> {
  const isContinued =
    request.prefix !== "" && capabilities.continuation && (capabilities.continuationBy ?? "fields") === "fields";
  return {
    ...acceptedBy(capabilities, withoutOwn(request.forwarded)),
    model: upstream,
    messages: messagesOf(request, capabilities),
    stream: true,
    stream_options: { include_usage: true },
    // The older name: every server that takes `max_completion_tokens` still takes this one, and many only this one.
    max_tokens: request.maxTokens,
    ...(capabilities.seed === false ? {} : { seed: seed % SEEDS }),
    ...(count === 1 ? {} : { n: count }),
    ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
    ...(request.topP === undefined ? {} : { top_p: request.topP }),
    ...(request.stop.length === 0 ? {} : { stop: request.stop }),
    ...(request.topLogprobs === null ? {} : { logprobs: true, top_logprobs: request.topLogprobs }),
    // vLLM answers a trailing assistant message with a new turn unless told to continue it; others ignore the fields.
    ...(isContinued ? { continue_final_message: true, add_generation_prompt: false } : {}),
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
