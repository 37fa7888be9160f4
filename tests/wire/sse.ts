/** One server-sent event as it came. */
export interface SseEvent {
  /** null for unnamed. */
  readonly name: string | null;
  readonly data: string;
}

export interface Sse {
  readonly events: readonly SseEvent[];
  readonly faults: readonly string[];
}

/**
 * A body's whole events. Strict where clients are: one `data:` line, at most one `event:` line, nothing else, since
 * `id:`, `retry:`, comments and empty events each break somebody (WIRE 1.4).
 */
export function parseSse(text: string): Sse {
  const faults: string[] = [];
  const blocks = text.split("\n\n");
  // What follows the last blank line is no event: nothing in a body that has ended, a torn piece in one cut off.
  blocks.pop();
  const events = blocks.flatMap((block) => {
    const lines = block.split("\n");
    const named = lines[0]?.startsWith("event: ") === true ? lines.shift() : undefined;
    const [line = ""] = lines;
    if (lines.length === 1 && line.startsWith("data: ")) {
      return [{ name: named?.slice("event: ".length) ?? null, data: line.slice("data: ".length) }];
    }
    faults.push(`not an event: ${JSON.stringify(block)}`);
    return [];
  });
  return { events, faults };
}
