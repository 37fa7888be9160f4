import type { ModelConfig, ProviderConfig } from "../../src/providers/config.ts";

const TIMEOUT_MS = 60_000;

/** The embedded model, behind the local inference server, and a user's GGUF files beside it. */
export function embeddedProvider(serverUrl: string, userModelIds: readonly string[] = []): ProviderConfig {
  return {
    name: "embedded",
    baseUrl: `${serverUrl}/v1`,
    apiKey: null,
    headerTimeoutMs: TIMEOUT_MS,
    idleTimeoutMs: TIMEOUT_MS,
    models: [EMBEDDED_MODEL, ...userModelIds.map(localModel)],
  };
}

const FREE = { promptMicrodollarsPerMillion: 0, completionMicrodollarsPerMillion: 0 };

const EMBEDDED_MODEL: ModelConfig = {
  id: "espalier/24",
  upstream: "espalier-24",
  description: "The embedded model. It knows the Game of 24 and nothing else: 'Use 4 9 10 13 to make 24'.",
  capabilities: {
    n: "honoured",
    continuation: true,
    logprobs: true,
    instructions: false,
    stepSeparator: "\n",
    // The longest step of the corpus has 18 tokens, its answer line 16; others are not its own.
    stepTokens: 24,
  },
  price: FREE,
  prompts: {
    judge: { template: "Judge: {left}" },
    // One word, sampled as often as Tree of Thoughts samples its labels.
    value: { template: "Judge: {left}", parse: { labels: { yes: 1, no: 0.001 } }, temperature: 1, max_tokens: 4 },
  },
};

/** A model that our own server runs: what the server can do is known. */
function localModel(id: string): ModelConfig {
  return {
    id: `espalier/${id}`,
    upstream: id,
    description: "A GGUF file of yours.",
    capabilities: {
      n: "honoured",
      continuation: true,
      logprobs: true,
      instructions: true,
      stepSeparator: "\n\n",
      stepTokens: null,
    },
    price: FREE,
    prompts: {},
  };
}

/**
 * Any OpenAI-compatible base URL of the user's, with the models it lists. Its capabilities are assumed to be the least
 * that the format promises; `n` is found out at the first call.
 */
export async function userProvider(baseUrl: string, apiKey: string | null): Promise<ProviderConfig> {
  const url = baseUrl.replace(/\/+$/, "");
  const response = await fetch(`${url}/models`, {
    headers: apiKey === null ? {} : { authorization: `Bearer ${apiKey}` },
    signal: AbortSignal.timeout(20_000),
  }).catch((error: unknown) => {
    throw new Error(`the provider at ${url} cannot be reached: ${error instanceof Error ? error.message : error}`);
  });
  if (!response.ok) {
    const hint = response.status === 401 ? " (set ESPALIER_PROVIDER_KEY)" : "";
    throw new Error(`GET ${url}/models answered ${response.status}${hint}`);
  }
  const body = (await response.json()) as { data?: { id?: unknown }[] };
  const ids = (body.data ?? []).map(({ id }) => id).filter((id) => typeof id === "string");
  if (ids.length === 0) throw new Error(`GET ${url}/models lists no models`);
  return {
    name: new URL(url).host,
    baseUrl: url,
    apiKey,
    headerTimeoutMs: TIMEOUT_MS,
    idleTimeoutMs: TIMEOUT_MS,
    models: ids.map((id) => ({
      id: `espalier/${id}`,
      upstream: id,
      description: null,
      capabilities: {
        n: "unknown",
        continuation: false,
        logprobs: true,
        instructions: true,
        stepSeparator: "\n\n",
        stepTokens: null,
      },
      price: FREE,
      prompts: {},
    })),
  };
}
