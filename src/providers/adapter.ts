import type { Clock } from "../core/clock.ts";
import type { Model } from "../core/model.ts";
import type { ModelConfig, ProviderConfig } from "./config.ts";
import type { Fetch } from "./egress.ts";
import type { Gate } from "./gate.ts";
import type { AiBinding } from "./workers-ai/binding.ts";

/** Kinds of upstreams over HTTP, by `adapter` of a provider or of a single model. */
export const HTTP_ADAPTERS = ["openai", "openai-responses", "openai-auto", "openai-completions"] as const;

/** All kinds, by `adapter` of a provider. */
export const ADAPTER_NAMES = [...HTTP_ADAPTERS, "workers-ai"] as const;

export type AdapterName = (typeof ADAPTER_NAMES)[number];

/** One kind of upstream. The list is `index.ts`; what each owes is `tests/contracts/provider.ts`. */
export interface Adapter {
  readonly name: AdapterName;
  create(options: AdapterOptions): Model;
}

export interface AdapterOptions {
  readonly provider: ProviderConfig;
  readonly model: ModelConfig;
  /** Shared by all models of one Durable Object instance. */
  readonly gate: Gate;
  readonly clock: Clock;
  /** The platform's by default. Must honour `init.signal`. */
  readonly fetch?: Fetch;
  /** How many searches lie behind its calls already; 0 where absent. */
  readonly hops?: number;
  /** Of `workers-ai`, whose calls fail without. */
  readonly ai?: AiBinding | undefined;
}

/** A model's own kind, else its provider's. */
export function adapterNameOf(provider: ProviderConfig, model: ModelConfig): AdapterName {
  return model.adapter ?? provider.adapter ?? "openai";
}
