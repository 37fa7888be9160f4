import type { ProviderConfig } from "../../src/providers/config.ts";
import { searchDirectly } from "../direct.ts";
import { type Outcome, outcomeOfTree } from "../scaling/measure.ts";
import type { MethodSetting } from "./settings.ts";

export interface RunOptions {
  readonly method: string;
  readonly setting: MethodSetting;
  readonly budgetTokens: number;
  readonly width: number;
  readonly seed: number;
  readonly hands: readonly string[];
}

/** Problems worked on at once: the model's batches are then full enough. */
const CONCURRENCY = 8;
/** Tokens of a whole answer at most; the longest in the corpus has some 60. */
const MAX_TOKENS = 72;

/** One search a hand at a budget of prompt and generated tokens together, and nothing else that binds. */
export async function runMethod(options: RunOptions, providers: readonly ProviderConfig[]): Promise<Outcome[]> {
  const { method, setting, budgetTokens, width, seed, hands } = options;
  const { params, rollouts, verifier } = setting;
  const isGreedy = method === "single";
  const search = {
    method,
    params,
    ...(verifier !== undefined && { verifier }),
    budget: {
      max_total_tokens: budgetTokens,
      max_model_calls: 100_000,
      max_wall_ms: 600_000,
      max_parallel: setting.width ?? width,
      ...(rollouts !== undefined && { max_rollouts: rollouts }),
    },
  };
  const outcomes: Outcome[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (;;) {
      const index = next++;
      const hand = hands[index];
      if (hand === undefined) return;
      const question = `Use ${hand} to make 24`;
      const temperature = isGreedy ? 0 : 1;
      const request = { question, search, seed: seed * 1000 + index, temperature, maxTokens: MAX_TOKENS };
      outcomes[index] = outcomeOfTree(await searchDirectly(request, providers), question);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return outcomes;
}
