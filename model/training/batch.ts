import { drawRow, type RowSource } from "../corpus/rows.ts";
import { createRandom } from "../random.ts";
import type { Tokenizer } from "../tokenizer.ts";
import { ASSISTANT, END, USER } from "../vocabulary.ts";
import { mixAt, type TrainingPlan } from "./plan.ts";

/** Several whole rows one after the other, without padding. */
export type Batch = {
  readonly tokens: readonly number[];
  /** Position of each token in its own row. */
  readonly positions: readonly number[];
  readonly targets: readonly Target[];
};

/** The token at `index` is to predict `token`. */
export type Target = {
  readonly index: number;
  readonly token: number;
  readonly weight: number;
  readonly type: "solve" | "verdict" | "end";
};

/** The rows of one shard of one step: a function of the seed, the step and the shard alone. */
export function drawBatch(
  plan: TrainingPlan,
  tokenizer: Tokenizer,
  source: RowSource,
  step: number,
  shard: number,
): Batch {
  const random = createRandom(plan.seed, step, shard);
  const mix = mixAt(plan, step);
  const tokens: number[] = [];
  const positions: number[] = [];
  const targets: Target[] = [];
  for (;;) {
    const row = drawRow(random, source, mix);
    const prompt = [tokenizer.special(USER), ...tokenizer.encode(row.user), tokenizer.special(ASSISTANT)];
    const answer = [...tokenizer.encode(row.assistant), tokenizer.special(END)];
    if (tokens.length + prompt.length + answer.length > plan.shardTokens) break;
    for (const [index, token] of answer.entries()) {
      const isVerdict = row.type === "judge" && index === 0;
      const type = isVerdict ? "verdict" : row.type === "solve" ? "solve" : "end";
      const at = tokens.length + prompt.length + index - 1;
      targets.push({ index: at, token, weight: isVerdict ? plan.judgeWeight : 1, type });
    }
    // The last token of a row predicts nothing, so it is left out.
    for (const [index, token] of [...prompt, ...answer.slice(0, -1)].entries()) {
      tokens.push(token);
      positions.push(index);
    }
  }
  return { tokens, positions, targets };
}
