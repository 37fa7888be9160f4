import type { ChunkToken } from "./chunk.ts";

/** What of an answer may be told now. */
export interface Cut {
  readonly text: string;
  readonly tokens: readonly ChunkToken[];
  /** The sequence that ended it, with this piece; null while there is none. */
  readonly stop: string | null;
}

/** Stop sequences where the provider takes none. Text that could begin one is held back until it is known. */
export interface StopCut {
  add(text: string, tokens: readonly ChunkToken[]): Cut;
  /** The answer is over: what was held back is text after all. */
  flush(): Cut;
}

export function createStopCut(stops: readonly string[]): StopCut {
  let held = "";
  /** Characters told, and those that tokens have come for. */
  let told = 0;
  let reached = 0;
  let waiting: readonly { readonly token: ChunkToken; readonly end: number }[] = [];
  let isOver = false;

  /** Gives out the first `length` characters of what is held, and the tokens that end in what is told by then. */
  const release = (length: number, stop: string | null): Cut => {
    const text = held.slice(0, length);
    held = held.slice(length);
    told += length;
    const tokens = waiting.filter(({ end }) => end <= told).map(({ token }) => token);
    waiting = waiting.slice(tokens.length);
    return { text, tokens, stop };
  };

  return {
    add: (text, tokens) => {
      if (isOver || stops.length === 0) return { text: isOver ? "" : text, tokens: isOver ? [] : tokens, stop: null };
      held += text;
      waiting = [
        ...waiting,
        ...tokens.map((token) => {
          reached += token.token.length;
          return { token, end: reached };
        }),
      ];
      const first = firstOf(stops, held);
      if (first === null) return release(held.length - heldBack(stops, held), null);
      isOver = true;
      return release(first.at, first.stop);
    },
    flush: () => {
      if (isOver) return { text: "", tokens: [], stop: null };
      const rest = { text: held, tokens: waiting.map(({ token }) => token), stop: null };
      held = "";
      waiting = [];
      return rest;
    },
  };
}

/** The sequence that begins first in the text; of two at one place the longer. */
function firstOf(stops: readonly string[], text: string): { readonly at: number; readonly stop: string } | null {
  const found = stops
    .filter((stop) => stop !== "")
    .map((stop) => ({ at: text.indexOf(stop), stop }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at || b.stop.length - a.stop.length);
  return found[0] ?? null;
}

/** How many characters at the end of the text are the beginning of a sequence. */
function heldBack(stops: readonly string[], text: string): number {
  let most = 0;
  for (const stop of stops) {
    for (let length = Math.min(stop.length - 1, text.length); length > most; length--) {
      if (text.endsWith(stop.slice(0, length))) most = length;
    }
  }
  return most;
}
