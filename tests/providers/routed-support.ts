import { afterEach } from "vitest";
import type { Amounts } from "../../src/core/amounts.ts";
import { createCanceller } from "../../src/core/cancellation.ts";
import type { HoldReason } from "../../src/core/hold.ts";
import { withHold } from "../../src/core/hold.ts";
import { type CompletionOutcome, type CompletionRequest, costOf, type Model } from "../../src/core/model.ts";
import { createRandom } from "../../src/core/random.ts";
import type { ModelConfig, ProviderConfig } from "../../src/providers/config.ts";
import { createGate } from "../../src/providers/gate.ts";
import { createHealth } from "../../src/providers/health.ts";
import { createRoutedModel } from "../../src/providers/routed-model.ts";
import { parseRouting } from "../../src/providers/routing-book.ts";
import { createScriptedUpstream, type Script, type ScriptedUpstream } from "../upstream/index.ts";
import { clock, QUESTION } from "./support.ts";

export interface RoutedRig {
  /** By the names given. */
  readonly upstreams: Readonly<Record<string, ScriptedUpstream>>;
  readonly model: Model;
  /** What was set aside beyond the worst case, and for what. */
  readonly raised: { readonly extra: Amounts; readonly reason: HoldReason }[];
  /** With a hold that grants so many raises. Checks that the cost is within the worst case and what was raised. */
  ask(request?: Partial<CompletionRequest>, grants?: number): Promise<CompletionOutcome>;
  /** Calls that each upstream has got, in the order of the configuration. */
  calls(): readonly number[];
}

const opened: ScriptedUpstream[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((upstream) => upstream.close()));
});

/** One model over several scripted upstreams, by name. */
export async function createRoutedRig(
  scripts: Readonly<Record<string, Script>>,
  routing: unknown = {},
  capabilities: Readonly<Record<string, Partial<ModelConfig["capabilities"]>>> = {},
): Promise<RoutedRig> {
  const upstreams: Record<string, ScriptedUpstream> = {};
  const providers: ProviderConfig[] = [];
  for (const [name, script] of Object.entries(scripts)) {
    const upstream = await createScriptedUpstream(script);
    opened.push(upstream);
    upstreams[name] = upstream;
    providers.push(providerOf(name, upstream.url, capabilities[name] ?? {}));
  }
  const book = parseRouting(JSON.stringify({ "*": routing }), providers);
  if (!book.ok) throw new Error(book.error);
  const health = createHealth(clock, createRandom(1, "health"));
  const model = createRoutedModel("m", { providers, routing: book.value, health, gate: createGate(64), clock });
  const raised: RoutedRig["raised"] = [];
  return {
    upstreams,
    model,
    raised,
    ask: async (request = {}, grants = 9) => {
      const whole = { ...QUESTION, ...request };
      const worst = model.worstCase(whole);
      const own: Amounts[] = [worst];
      const raise = (extra: Amounts, reason: HoldReason) => {
        if (own.length > grants) return false;
        own.push(extra);
        raised.push({ extra, reason });
        return true;
      };
      const outcome = await model.complete(whole, withHold(createCanceller().signal, { raise }));
      const cost = costOf(outcome.attempts);
      const held = (unit: keyof Amounts) => own.reduce((sum, amounts) => sum + amounts[unit], 0);
      for (const unit of ["calls", "tokens", "microdollars"] as const) {
        if (cost[unit] > held(unit)) throw new Error(`${cost[unit]} ${unit} spent of ${held(unit)} held`);
      }
      return outcome;
    },
    calls: () => Object.values(upstreams).map(({ ledger }) => ledger.calls.length),
  };
}

function providerOf(name: string, url: string, capabilities: Partial<ModelConfig["capabilities"]>): ProviderConfig {
  return {
    name,
    baseUrl: url,
    apiKey: `sk-${name}-key`,
    headerTimeoutMs: 2000,
    idleTimeoutMs: 2000,
    models: [
      {
        id: "m",
        upstream: "scripted",
        description: null,
        capabilities: {
          n: "ignored",
          continuation: false,
          logprobs: false,
          instructions: true,
          stepSeparator: "\n\n",
          stepTokens: null,
          ...capabilities,
        },
        price: { promptMicrodollarsPerMillion: 1_000_000, completionMicrodollarsPerMillion: 1_000_000 },
        prompts: {},
      },
    ],
  };
}
