import type { Wire } from "../wire.ts";
import { createReader } from "./events.ts";
import { inputOf } from "./input.ts";
import { optionsOf } from "./options.ts";

/**
 * OpenAI's Responses API, for its newer models: their chat endpoint answers 400 to function tools with any
 * `reasoning_effort` but `none` (WIRE.md 0.2). Nothing is stored there, and no turn refers to an earlier one. It takes no
 * `n`, no `seed` and no `stop`: samples are asked for singly, seeds are not sent, and a stop sequence cuts the answer here
 * (`../stop-cut.ts`), though the model goes on to its end and that is paid.
 */
export const responsesWire: Wire = {
  path: "/responses",
  takesCount: false,
  leastMaxTokens: 16,
  bodyOf: ({ request, messages, forwarded, upstream }) => ({
    ...optionsOf(forwarded, request.keepsReasoning === true),
    model: upstream,
    input: inputOf(messages),
    stream: true,
    store: false,
    max_output_tokens: request.maxTokens,
    ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
    ...(request.topP === undefined ? {} : { top_p: request.topP }),
    ...(request.topLogprobs === null
      ? {}
      : { top_logprobs: request.topLogprobs, include: ["message.output_text.logprobs"] }),
  }),
  createReader: ({ request }) => createReader(request.stop),
};
