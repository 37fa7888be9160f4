import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { SearchSummary } from "../../durable-objects/search-tree/protocol.ts";
import { resultOrHold, whitespaceThen } from "../../src/api/chat-completions/keep-alive.ts";
import { timeoutMsOf } from "../../src/api/searches/arrival.ts";
import { defaultWallMs } from "../../src/api/searches/wall.ts";

/** WIRE 4.7, in virtual time. */
beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const summary = { id: "srch_1" } as SearchSummary;

function resultAfter(ms: number): Promise<SearchSummary> {
  return new Promise((resolve) => setTimeout(() => resolve(summary), ms));
}

/** When the status may leave, and whether the result itself was there by then. */
async function headersAfter(resultMs: number, candidateMs: number): Promise<readonly [number, string]> {
  const startMs = Date.now();
  const held = resultOrHold(resultAfter(resultMs), async () => Date.now() - startMs >= candidateMs).then(
    (result): readonly [number, string] => [Date.now() - startMs, result === null ? "whitespace" : "result"],
  );
  await vi.advanceTimersByTimeAsync(600_000);
  return held;
}

describe("an answer that is sent whole", () => {
  test.each<[string, number, number, readonly [number, string]]>([
    ["comes with an honest status where it comes soon", 24_000, 1000, [24_000, "result"]],
    ["holds its status for 25 s, also where a candidate is there at once", 90_000, 0, [25_000, "whitespace"]],
    ["holds it on until there is a candidate", 90_000, 40_500, [41_000, "whitespace"]],
    ["stays silent where there never is one, and keeps the real status", 90_000, Infinity, [90_000, "result"]],
    ["is not held any longer than it takes", 30_000, Infinity, [30_000, "result"]],
  ])("%s", async (_name, resultMs, candidateMs, expected) => {
    expect(await headersAfter(resultMs, candidateMs)).toEqual(expected);
  });

  test("is kept alive by a newline at once and every 15 s, and is JSON all the same", async () => {
    const startMs = Date.now();
    const reader = whitespaceThen(resultAfter(40_000), ({ id }) => ({ id }))
      .pipeThrough(new TextDecoderStream())
      .getReader();
    const arrived: [number, string][] = [];
    const reading = (async () => {
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        arrived.push([Date.now() - startMs, next.value]);
      }
    })();
    await vi.advanceTimersByTimeAsync(60_000);
    await reading;
    expect(arrived).toEqual([
      [0, "\n"],
      [15_000, "\n"],
      [30_000, "\n"],
      [40_000, '{"id":"srch_1"}'],
    ]);
    expect(JSON.parse(arrived.map(([, text]) => text).join(""))).toEqual({ id: "srch_1" });
  });
});

describe("wall time where none is asked for", () => {
  test.each<[object, number]>([
    [{}, 55_000],
    [{ stream: null, background: false }, 55_000],
    [{ stream: true }, 240_000],
    [{ background: true }, 900_000],
    [{ background: true, stream: true }, 900_000],
  ])("of %j is %i ms", (body, wallMs) => {
    expect(defaultWallMs(body as Readonly<Record<string, unknown>>)).toBe(wallMs);
  });

  test("is inside the 60 s after which LlamaIndex gives up on headers", () => {
    expect(defaultWallMs({})).toBeLessThan(60_000);
  });

  test("a client's own timeout bounds what is sent whole, less a tenth (WIRE 1.7)", () => {
    const headers = new Headers({ "x-stainless-timeout": "20" });
    expect(timeoutMsOf(headers, {})).toBe(18_000);
    expect(timeoutMsOf(headers, { stream: true })).toBe(null);
    expect(timeoutMsOf(headers, { background: true })).toBe(null);
  });
});
