import type { SearchEvent } from "../../src/core/event.ts";
import type { Store } from "../../src/core/store.ts";
import type { Audience } from "./audience.ts";

/**
 * The log from one sequence number on, as newline-delimited JSON: replay, then live, closed after `search-end`. It is
 * pulled from storage at the viewer's own pace; the search never waits for a viewer.
 */
export function createEventStream(
  store: Store,
  audience: Audience,
  fromSequence: number,
  hasEnded: () => boolean,
  onCancel: () => void,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let next = fromSequence;
  let isCancelled = false;
  return new ReadableStream({
    type: "bytes",
    pull: async (controller: ReadableByteStreamController) => {
      let events = store.read(next);
      // Nothing comes after the end: whoever asks from beyond it is told so, and not kept waiting.
      while (events.length === 0 && !isCancelled && !hasEnded()) {
        await audience.nextWake();
        events = store.read(next);
      }
      if (isCancelled) return;
      if (events.length === 0) {
        controller.close();
        controller.byobRequest?.respond(0);
        return;
      }
      next += events.length;
      controller.enqueue(encoder.encode(events.map(toLine).join("")));
      if (events.at(-1)?.type === "search-end") controller.close();
    },
    cancel: () => {
      isCancelled = true;
      onCancel();
    },
  });
}

function toLine(event: SearchEvent): string {
  return `${JSON.stringify(event)}\n`;
}
