import type { Exchange } from "./proxy.ts";
import type { Body } from "./rules.ts";
import { against, againstEvent } from "./schema.ts";
import { parseSse } from "./sse.ts";

interface Event {
  readonly type: string;
  readonly sequence_number: number;
  readonly response?: Body;
  readonly item_id?: string;
  readonly content_index?: number;
  readonly delta?: string;
  readonly text?: string;
}

const ENDS = ["response.completed", "response.incomplete", "response.failed"];

/** WIRE 1.9: every event valid and named by its type, numbered without a gap, one end and it last. */
export function responseStreamFaults(request: Body, exchange: Exchange): string[] {
  const { events: said, faults: sseFaults } = parseSse(exchange.text);
  const events = said.map(({ data }) => JSON.parse(data) as Event);
  const faults = [...sseFaults, ...events.flatMap(againstEvent)];
  said.forEach(({ name, data }, at) => {
    if (name !== events[at]?.type) faults.push(`an event called ${name} has the type ${events[at]?.type}`);
    // A sign of life is the newest event once more: the same bytes under the same number.
    const isRepeated = at > 0 && said[at - 1]?.data === data;
    const before = events[at - 1]?.sequence_number;
    const number = events[at]?.sequence_number;
    if (before !== undefined && !isRepeated && number !== before + 1) faults.push(`event ${number} follows ${before}`);
  });
  faults.push(...responsesIn(events).flatMap((response) => against("Response", response)), ...textFaults(events));
  if (!exchange.isComplete) return faults;
  const ends = events.filter(({ type }) => ENDS.includes(type));
  if (ends.length !== 1 || events.at(-1) !== ends[0]) faults.push(`the ends are ${ends.map(({ type }) => type)}`);
  const isResumed = request.stream !== true;
  if (!isResumed && events[0]?.type !== "response.created") faults.push(`it begins with ${events[0]?.type}`);
  return [...faults, ...usageFaults(ends[0])];
}

function responsesIn(events: readonly Event[]): Body[] {
  return events.flatMap(({ response }) => (response === undefined ? [] : [response]));
}

/** The deltas of a part are its text. Of a stream that was resumed in the middle of one, nothing can be said. */
function textFaults(events: readonly Event[]): string[] {
  const joined = new Map<string, string>();
  const faults: string[] = [];
  for (const event of events) {
    const part = `${event.item_id} ${event.content_index}`;
    if (event.type === "response.content_part.added") joined.set(part, "");
    const sofar = joined.get(part);
    if (sofar === undefined) continue;
    if (event.type === "response.output_text.delta") joined.set(part, sofar + event.delta);
    if (event.type === "response.output_text.done" && event.text !== sofar) {
      faults.push(`the deltas '${sofar}' are not the text '${event.text}'`);
    }
  }
  return faults;
}

function usageFaults(end: Event | undefined): string[] {
  const usage = end?.response?.usage as Record<string, number> | null | undefined;
  if (usage == null || usage.total_tokens === (usage.input_tokens ?? 0) + (usage.output_tokens ?? 0)) return [];
  return [`usage does not add up: ${JSON.stringify(usage)}`];
}
