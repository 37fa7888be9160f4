import { afterEach, expect } from "vitest";
import { type Canceller, createCanceller } from "../../src/core/cancellation.ts";
import type { Clock } from "../../src/core/clock.ts";
import { type CompletionOutcome, type CompletionRequest, costOf, type Model } from "../../src/core/model.ts";
import type { ModelConfig, ProviderConfig } from "../../src/providers/config.ts";
import type { Fetch } from "../../src/providers/egress.ts";
import { createGate, type Gate } from "../../src/providers/gate.ts";
import { createModel } from "../../src/providers/index.ts";
import type { AiBinding } from "../../src/providers/workers-ai/binding.ts";
import { createScriptedUpstream, type Script, type ScriptedUpstream } from "../upstream/index.ts";

export const clock: Clock = {
  now: () => Date.now(),
  schedule: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

export const QUESTION: CompletionRequest = {
  messages: [{ role: "user", content: "Reach 24 with 4 4 6 8." }],
  prefix: "",
  count: 1,
  maxTokens: 64,
  temperature: 0.7,
  topP: undefined,
  stop: [],
  seed: 5,
  topLogprobs: null,
  forwarded: {},
};

export type Setting = Partial<ProviderConfig> & {
  readonly capabilities?: Partial<ModelConfig["capabilities"]>;
  readonly gate?: Gate;
  readonly fetch?: Fetch;
};

export interface Rig {
  readonly upstream: ScriptedUpstream;
  readonly model: Model;
  /** Completes, and checks what holds for every outcome: the cost is within the worst case told before. */
  ask(request?: Partial<CompletionRequest>, canceller?: Canceller): Promise<CompletionOutcome>;
}

const opened: ScriptedUpstream[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((upstream) => upstream.close()));
});

/** A model over a scripted upstream; the upstream is closed after the test. A dollar per million tokens, both ways. */
export async function createRig(script: Script, setting: Setting = {}): Promise<Rig> {
  const upstream = await createScriptedUpstream(script);
  opened.push(upstream);
  const { capabilities, gate, fetch, ...rest } = setting;
  const model: ModelConfig = {
    id: "espalier/scripted",
    upstream: "scripted",
    description: null,
    capabilities: {
      n: "unknown",
      continuation: false,
      logprobs: false,
      instructions: true,
      stepSeparator: "\n\n",
      stepTokens: null,
      ...capabilities,
    },
    price: { promptMicrodollarsPerMillion: 1_000_000, completionMicrodollarsPerMillion: 1_000_000 },
    prompts: {},
  };
  const provider: ProviderConfig = {
    name: "test",
    baseUrl: upstream.url,
    apiKey: "sk-canary",
    models: [model],
    headerTimeoutMs: 1000,
    idleTimeoutMs: 1000,
    ...rest,
  };
  const ai = localBinding(`${upstream.url}/run`);
  const made = createModel({ provider, model, gate: gate ?? createGate(), clock, ai, ...(fetch ? { fetch } : {}) });
  return {
    upstream,
    model: made,
    ask: async (request = {}, canceller = createCanceller()) => {
      const whole = { ...QUESTION, ...request };
      const worst = made.worstCase(whole);
      const outcome = await made.complete(whole, canceller.signal);
      const cost = costOf(outcome.attempts);
      expect(cost.calls).toBeLessThanOrEqual(worst.calls);
      expect(cost.tokens).toBeLessThanOrEqual(worst.tokens);
      expect(cost.microdollars).toBeLessThanOrEqual(worst.microdollars);
      expect(JSON.stringify(outcome)).not.toContain("sk-canary");
      return outcome;
    },
  };
}

/** The platform's `AI` as far as an adapter sees it: its raw responses come from a real server, faults included. */
export function localBinding(url: string): AiBinding {
  return {
    run: (model, inputs, { signal }) =>
      fetch(url, {
        method: "POST",
        redirect: "manual",
        body: JSON.stringify({ model, ...inputs }),
        ...(signal && { signal }),
      }),
  };
}

export function textsOf({ result }: CompletionOutcome): readonly string[] {
  if (!result.ok) throw new Error(`failed: ${result.error.type}: ${result.error.message}`);
  return result.value.map((completion) => completion.text);
}

export function errorOf({ result }: CompletionOutcome) {
  if (result.ok) throw new Error("it succeeded");
  return result.error;
}
