import type { Model } from "../core/model.ts";
import { type Adapter, type AdapterOptions, adapterNameOf } from "./adapter.ts";
import { createEither } from "./either.ts";
import { createOpenAiModel } from "./openai/model.ts";
import { completionsWire } from "./openai-completions/wire.ts";
import { wantsResponses } from "./openai-responses/wanted.ts";
import { responsesWire } from "./openai-responses/wire.ts";
import { type AiBinding, bindingFetch } from "./workers-ai/binding.ts";
import { workersAiWire } from "./workers-ai/wire.ts";

export const ADAPTERS: readonly Adapter[] = [
  { name: "openai", create: createOpenAiModel },
  { name: "openai-responses", create: createResponsesModel },
  {
    name: "openai-auto",
    create: (options) => createEither(createOpenAiModel(options), createResponsesModel(options), wantsResponses),
  },
  {
    name: "openai-completions",
    create: ({ model, ...options }) => {
      // What follows the prompt is continued: there is nothing else that it could do.
      const capabilities = { ...model.capabilities, continuation: true };
      return createOpenAiModel({ ...options, model: { ...model, capabilities }, wire: completionsWire });
    },
  },
  {
    name: "workers-ai",
    create: ({ ai, ...options }) =>
      createOpenAiModel({ ...options, wire: workersAiWire, binding: bindingFetch(ai ?? NO_BINDING) }),
  },
];

/** Configuration is refused where a binding is missing (env.ts); what never calls may do without. */
const NO_BINDING: AiBinding = { run: () => Promise.reject(new Error("there is no binding AI")) };

/** The model of a provider, spoken to as its configuration says. */
export function createModel(options: AdapterOptions): Model {
  const name = adapterNameOf(options.provider, options.model);
  const adapter = ADAPTERS.find((one) => one.name === name);
  if (adapter === undefined) throw new Error(`there is no adapter ${name}`);
  return adapter.create(options);
}

function createResponsesModel(options: AdapterOptions): Model {
  return createOpenAiModel({ ...options, wire: responsesWire });
}
