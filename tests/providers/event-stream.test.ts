import fc from "fast-check";
import { APIError } from "openai";
import { describe, expect, it } from "vitest";
import { type EventReader, readEvents } from "../../src/providers/openai/event-stream.ts";
import { clock } from "./support.ts";

const LIMITS = { totalBytes: 1e6, eventCharacters: 1e6 };

/** What is read of these pieces of a body. */
async function read(pieces: readonly Uint8Array[], over: Partial<EventReader> = {}) {
  const events: unknown[] = [];
  let isExcess = false;
  let isCancelled = false;
  const left = [...pieces];
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const next = left.shift();
      if (next === undefined) controller.close();
      else controller.enqueue(next);
    },
    cancel: () => {
      isCancelled = true;
    },
  });
  await readEvents(new Response(body), {
    limits: LIMITS,
    signal: new AbortController().signal,
    clock,
    onBytes: () => {},
    onExcess: () => {
      isExcess = true;
    },
    onEvent: (event) => {
      events.push(event);
      return true;
    },
    ...over,
  });
  return { events, isExcess, isCancelled: () => isCancelled };
}

const bytes = (text: string) => new TextEncoder().encode(text);

describe("the events of an answer", () => {
  it("are the same wherever the network cuts them, and whatever ends their lines", async () => {
    const said = [{ text: "ä€😀" }, { text: "a\nb" }, { text: "" }];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("\n", "\r\n", "\r"),
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
        async (end, lengths) => {
          const text = said.map((one) => `: a comment${end}data: ${JSON.stringify(one)}${end}${end}`).join("");
          const whole = bytes(`${text}data: [DONE]${end}${end}`);
          const pieces: Uint8Array[] = [];
          for (let from = 0, at = 0; from < whole.length; at++) {
            const length = lengths[at % lengths.length] ?? 1;
            pieces.push(whole.slice(from, from + length));
            from += length;
          }
          expect((await read(pieces)).events).toEqual(said);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("end at [DONE], whatever follows", async () => {
    const { events } = await read([bytes('data: 1\n\ndata: [DONE]\n\ndata: 2\n\ndata: {"error": "late"}\n\n')]);
    expect(events).toEqual([1]);
  });

  it("count where the end of the body cuts off the blank line behind the last", async () => {
    expect((await read([bytes("data: 1\n\ndata: 2")])).events).toEqual([1, 2]);
  });

  it("are left as soon as enough was read", async () => {
    const stream = [bytes("data: 1\n\ndata: 2\n\n"), bytes("data: 3\n\n"), bytes("data: 4\n\n")];
    const heard: unknown[] = [];
    const { isCancelled } = await read(stream, { onEvent: (event) => heard.push(event) < 2 });
    expect(heard).toEqual([1, 2]);
    expect(isCancelled()).toBe(true);
  });

  it.each([
    ["one event", { eventCharacters: 100 }],
    ["the whole body", { totalBytes: 100 }],
  ])("are refused where %s is larger than it may be", async (_what, limit) => {
    const pieces = Array.from({ length: 30 }, () => bytes("data: 1234567890\n"));
    const { events, isExcess, isCancelled } = await read(pieces, { limits: { ...LIMITS, ...limit } });
    expect([events, isExcess, isCancelled()]).toEqual([[], true, true]);
  });

  it.each([
    ["an object with an error", 'data: {"error": {"message": "overloaded", "code": 503}}\n\n'],
    ["an event named error", 'event: error\ndata: {"message": "overloaded", "code": 503}\n\n'],
  ])("tell a failure by %s", async (_what, text) => {
    const reading = read([bytes(text)]);
    await expect(reading).rejects.toBeInstanceOf(APIError);
    await expect(reading).rejects.toMatchObject({ code: 503 });
  });

  it("are refused where one is no JSON", async () => {
    await expect(read([bytes("data: {broken\n\n")])).rejects.toBeInstanceOf(SyntaxError);
  });

  it("stop silently at an abort, also where the source knows of none", async () => {
    const controller = new AbortController();
    const heard: unknown[] = [];
    const stalled = new Promise<void>((resolve) => setTimeout(resolve, 5000));
    const body = new ReadableStream<Uint8Array>({
      start: (source) => source.enqueue(bytes("data: 1\n\ndata: 2")),
      pull: () => stalled,
    });
    await readEvents(new Response(body), {
      limits: LIMITS,
      signal: controller.signal,
      clock,
      onBytes: () => {},
      onExcess: () => {},
      onEvent: (event) => {
        heard.push(event);
        controller.abort();
        return true;
      },
    });
    expect(heard).toEqual([1]);
  });
});
