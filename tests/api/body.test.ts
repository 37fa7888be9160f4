import { expect, test } from "vitest";
import { MAX_BODY_BYTES, readJsonObject } from "../../src/api/body.ts";
import { isTooDeep } from "../../src/core/json-depth.ts";

test.each([
  ["[[1]]", 2, false],
  ["[[1]]", 1, true],
  ['{"a":{"b":[]}}', 3, false],
  ['{"a":{"b":[]}}', 2, true],
  // Brackets inside strings, escaped quotes included, do not nest.
  ['["[[[[", "\\"[[", "\\\\"]', 1, false],
  ["[],[],[]", 1, false],
])("%s is deeper than %i: %s", (json, limit, expected) => {
  expect(isTooDeep(json, limit)).toBe(expected);
});

test("a hundred thousand brackets cost no recursion", () => {
  expect(isTooDeep("[".repeat(100_000), 64)).toBe(true);
});

test("characters cut between two chunks are read whole", async () => {
  const bytes = new TextEncoder().encode('{"a":"ü🌳"}');
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  const request = new Request("http://x", { method: "POST", body, duplex: "half" } as RequestInit);
  expect(await readJsonObject(request)).toEqual({ ok: true, value: { a: "ü🌳" } });
});

test("reading stops at the limit, whatever length was declared", async () => {
  let pulled = 0;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      pulled++;
      controller.enqueue(new Uint8Array(1024 * 1024));
    },
  });
  const request = new Request("http://x", { method: "POST", body, duplex: "half" } as RequestInit);
  expect(await readJsonObject(request)).toMatchObject({ ok: false, error: { type: "body-too-large" } });
  expect(pulled).toBeLessThan(MAX_BODY_BYTES / (1024 * 1024) + 5);
});
