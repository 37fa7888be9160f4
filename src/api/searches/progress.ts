import type { SearchEvent } from "../../core/event.ts";
import { isComplete } from "../../core/thought.ts";
import type { Recipe } from "../../recipe.ts";

/** What a search's events come to so far, as far as it is told while it runs. */
export interface Progress {
  readonly method: string;
  /** Candidates at most; null where the recipe sets no limit. */
  readonly rollouts: number | null;
  /** Thoughts that completed no candidate. */
  readonly steps: number;
  readonly candidates: number;
  /** Nodes that are candidates: only their scores are told. */
  readonly candidateIds: ReadonlySet<string>;
  /** The highest score that a candidate was given, in [0, 1]; null before there is one. */
  readonly best: number | null;
  /** The latest failure that is tried again; null after the next success. */
  readonly failure: string | null;
}

export const NO_PROGRESS: Progress = {
  method: "",
  rollouts: null,
  steps: 0,
  candidates: 0,
  candidateIds: new Set(),
  best: null,
  failure: null,
};

export function withEvent(progress: Progress, event: SearchEvent): Progress {
  switch (event.type) {
    case "search-start": {
      const { method, limits } = event.recipe as Recipe;
      return { ...progress, method, rollouts: limits.rollouts ?? null };
    }
    case "thought-add": {
      const open = { ...progress, failure: null };
      if (!isComplete(event.thought)) return { ...open, steps: progress.steps + 1 };
      const candidateIds = new Set([...progress.candidateIds, event.nodeId]);
      return { ...open, candidates: progress.candidates + 1, candidateIds };
    }
    case "thought-repeat":
      return progress.candidateIds.has(event.nodeId) ? { ...progress, candidates: progress.candidates + 1 } : progress;
    case "score-add": {
      if (!progress.candidateIds.has(event.nodeId)) return progress;
      return { ...progress, best: Math.max(progress.best ?? 0, event.score.value) };
    }
    case "step-fail":
      return event.willRetry ? { ...progress, failure: event.error.type } : progress;
    case "comparison-add":
    case "step-hold":
    case "step-start":
    case "step-end":
    case "search-end":
      return progress;
  }
}

/** One short sentence: "8 of 16 candidates, best 0.93." */
export function sentenceOf({ method, rollouts, steps, candidates, best, failure }: Progress): string {
  if (failure !== null) return `A call failed (${failure}); trying again.`;
  if (candidates === 0 && steps === 0) {
    return rollouts === null
      ? `Searching with ${method}.`
      : `Searching with ${method}: up to ${counted(rollouts, "candidate")}.`;
  }
  const found =
    rollouts === null ? counted(candidates, "candidate") : `${candidates} of ${counted(rollouts, "candidate")}`;
  return [
    found,
    ...(steps === 0 ? [] : [counted(steps, "step")]),
    ...(best === null ? [] : [`best ${Number(best.toFixed(2))}`]),
  ]
    .join(", ")
    .concat(".");
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/**
 * Reads a search's events (newline-delimited JSON, cut anywhere) and says what has changed, a sentence at a time, until
 * they end or `say` throws. What came together is told together: a replay is one sentence.
 */
export async function tellProgress(
  events: ReadableStream<Uint8Array>,
  say: (sentence: string) => Promise<void>,
): Promise<void> {
  const reader = events.pipeThrough(new TextDecoderStream()).getReader();
  let progress = NO_PROGRESS;
  let said = "";
  let rest = "";
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      const lines = (rest + next.value).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) progress = withEvent(progress, JSON.parse(line) as SearchEvent);
      const sentence = sentenceOf(progress);
      if (lines.length === 0 || sentence === said || progress.method === "") continue;
      said = sentence;
      await say(sentence);
    }
  } finally {
    // The search's object then holds no viewer for it.
    await reader.cancel().catch(() => {});
  }
}
