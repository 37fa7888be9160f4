import { DurableObject } from "cloudflare:workers";
import type { Env } from "../../src/env.ts";
import { createJudgementStore, JUDGEMENT_BOUNDS, type JudgementEntry, type JudgementStore } from "./judgement-store.ts";

/**
 * What models have judged for one tenant, whose id is the object's name: nobody else's searches can reach it, there is no
 * tenant in any key that could be forgotten (I10). Losing all of it costs money and nothing else.
 */
export class Judgements extends DurableObject<Env> {
  #store: JudgementStore | null = null;

  async get(keys: readonly string[]): Promise<(string | null)[]> {
    return this.#open().get(keys, Date.now());
  }

  async put(entries: readonly JudgementEntry[]): Promise<void> {
    this.#open().put(entries, Date.now());
  }

  #open(): JudgementStore {
    this.#store ??= createJudgementStore(this.ctx.storage, JUDGEMENT_BOUNDS);
    return this.#store;
  }
}
