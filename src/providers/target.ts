import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { ModelConfig, ProviderConfig } from "./config.ts";

/** One place where a model can be had: a provider, with its credential, and the name it has there. */
export interface Target {
  readonly provider: ProviderConfig;
  readonly model: ModelConfig;
  /** Of (credential, provider, model): what health is kept by. Tells nobody the credential. */
  readonly key: string;
}

/** All targets of a public model id, in the order of the configuration; none where nobody serves it. */
export function targetsOf(providers: readonly ProviderConfig[], id: string): readonly Target[] {
  return providers.flatMap((provider) =>
    provider.models
      .filter((model) => model.id === id)
      .map((model) => ({ provider, model, key: `${provider.name}/${fingerprint(provider)}/${model.upstream}` })),
  );
}

/** A new key, or a new address, is another target: what the old one did says nothing about it. */
function fingerprint({ baseUrl, apiKey, sealedKey }: ProviderConfig): string {
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify([baseUrl, sealedKey?.id ?? apiKey])))).slice(0, 8);
}
