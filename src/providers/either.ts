import type { CompletionRequest, Model } from "../core/model.ts";

/** One upstream with two ways in: each request takes the second where `isSecond` says so. Its traits are the first's. */
export function createEither(first: Model, second: Model, isSecond: (request: CompletionRequest) => boolean): Model {
  const modelFor = (request: CompletionRequest) => (isSecond(request) ? second : first);
  return {
    name: first.name,
    get capabilities() {
      return first.capabilities;
    },
    worstCase: (request) => modelFor(request).worstCase(request),
    complete: (request, signal, listener) => modelFor(request).complete(request, signal, listener),
  };
}
