import type { Clock } from "../../src/core/clock.ts";
import type { Judgement, JudgementCache } from "../../src/core/judgement-cache.ts";
import type { JudgementEntry } from "../judgements/judgement-store.ts";

/** The part of a tenant's judgements object that is called from here. */
export interface RemoteJudgements {
  get(keys: readonly string[]): Promise<(string | null)[]>;
  put(entries: readonly JudgementEntry[]): Promise<void>;
}

/** A judge is asked by then: a lookup that takes longer saves nothing. */
const LONGEST_LOOKUP_MS = 1000;

/**
 * The tenant's remembered judgements as its searches see them. Whatever goes wrong, with the object, with the way to it or
 * with what another version has written, is a judgement that is not known.
 */
export function createJudgementCache(
  remote: RemoteJudgements,
  clock: Clock,
  keepAlive: (work: Promise<unknown>) => void,
): Omit<JudgementCache, "model"> {
  const waiting: JudgementEntry[] = [];
  let isPutting = false;
  /** One call at a time: the judgements of a wide search come together, and what comes meanwhile goes with the next. */
  const putWaiting = async (): Promise<void> => {
    isPutting = true;
    while (waiting.length > 0) await remote.put(waiting.splice(0)).catch(() => undefined);
    isPutting = false;
  };
  return {
    get: async (keys) => {
      const found = await within(LONGEST_LOOKUP_MS, clock, remote.get(keys));
      const known = new Map<string, Judgement>();
      for (const [index, key] of keys.entries()) {
        const judgement = parseJudgement(found?.[index] ?? null);
        if (judgement !== null) known.set(key, judgement);
      }
      return known;
    },
    put: (judgements) => {
      waiting.push(...[...judgements].map(([key, { values }]) => ({ key, value: JSON.stringify({ values }) })));
      if (!isPutting) keepAlive(putWaiting());
    },
  };
}

function parseJudgement(text: string | null): Judgement | null {
  if (text === null) return null;
  try {
    const { values } = JSON.parse(text) as { values?: unknown };
    const isWhole = Array.isArray(values) && values.every((value) => Number.isFinite(value) && value >= 0);
    return isWhole ? { values: values as number[] } : null;
  } catch {
    return null;
  }
}

/** Null when it takes too long, or fails. */
function within<Value>(limitMs: number, clock: Clock, work: Promise<Value>): Promise<Value | null> {
  return new Promise((resolve) => {
    const cancelTimer = clock.schedule(limitMs, () => resolve(null));
    const settle = (value: Value | null) => {
      cancelTimer();
      resolve(value);
    };
    work.then(settle, () => settle(null));
  });
}
