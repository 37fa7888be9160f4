import type { CompletionDelta, CompletionListener } from "../../src/core/model.ts";
import { createAudience } from "./audience.ts";

/**
 * The answers of a plan of one call while they are written, for whoever wants to see them come. Kept in memory alone: the
 * log is what counts, and after a reset the next attempt is told from its beginning.
 */
export interface LiveAnswer extends CompletionListener {
  /** Something has changed elsewhere: those who follow look whether the search has ended. */
  wake(): void;
  /**
   * Newline-delimited JSON, each line a `LiveLine`: what has come of the current attempt, then live, closed once
   * `hasEnded`. It is pulled at the viewer's own pace; the search never waits for a viewer.
   */
  follow(hasEnded: () => boolean): ReadableStream<Uint8Array>;
}

/** `begin`: another attempt, whose number is told, takes the place of what came before. */
export type LiveLine = { readonly begin: number } | CompletionDelta;

/** JSON kept of one attempt, in UTF-16 units: the rest of a longer answer is shown at its end. */
const MAX_CHARACTERS = 8_000_000;

export function createLiveAnswer(): LiveAnswer {
  const audience = createAudience();
  let attempt = 0;
  let lines: string[] = [];
  let characters = 0;

  return {
    begin: () => {
      attempt++;
      lines = [];
      characters = 0;
      audience.wake();
    },
    add: (delta) => {
      if (characters > MAX_CHARACTERS) return;
      const line = toLine(delta);
      characters += line.length;
      // Nothing may follow what is left out.
      if (characters > MAX_CHARACTERS) return;
      lines.push(line);
      audience.wake();
    },
    wake: audience.wake,
    follow: (hasEnded) => {
      const encoder = new TextEncoder();
      let isCancelled = false;
      let seen = 0;
      let next = 0;
      const news = (): string => {
        const isOther = seen !== attempt;
        if (isOther) next = 0;
        const text = (isOther ? toLine({ begin: attempt }) : "") + lines.slice(next).join("");
        seen = attempt;
        next = lines.length;
        return text;
      };
      return new ReadableStream({
        type: "bytes",
        pull: async (controller: ReadableByteStreamController) => {
          let text = news();
          while (text === "" && !isCancelled && !hasEnded()) {
            await audience.nextWake();
            text = news();
          }
          if (isCancelled) return;
          if (text !== "") return controller.enqueue(encoder.encode(text));
          controller.close();
          controller.byobRequest?.respond(0);
        },
        cancel: () => {
          isCancelled = true;
        },
      });
    },
  };
}

function toLine(line: LiveLine): string {
  return `${JSON.stringify(line)}\n`;
}
