import type { Wire } from "../wire.ts";
import { createReader } from "./events.ts";

/**
 * Cloudflare's Workers AI by its binding: chat completions in its own variations. No choices beside the first, no stop
 * sequences (the answer is cut here, `../stop-cut.ts`), no log-probabilities; seeds begin at 1 (the models' input schemas,
 * @cloudflare/workers-types).
 */
export const workersAiWire: Wire = {
  // Only a name: the binding is called, see `binding.ts`.
  path: "/run",
  takesCount: false,
  leastMaxTokens: 1,
  bodyOf: ({ request, messages, forwarded, upstream, capabilities, seed }) => ({
    ...forwarded,
    model: upstream,
    messages,
    stream: true,
    max_tokens: request.maxTokens,
    ...(capabilities.seed === false ? {} : { seed: Math.max(1, seed) }),
    ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
    ...(request.topP === undefined ? {} : { top_p: request.topP }),
  }),
  createReader: ({ request }) => createReader(request.stop, request.maxTokens),
};
