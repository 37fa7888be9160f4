import { expect, test } from "vitest";
import { createRandom } from "../../src/core/random.ts";
import { retryDelayMs, shouldGiveUp } from "../../src/core/retry.ts";

const random = () => createRandom(1, "retry");

test("waits as long as the provider asks, unless that is longer than an answer is worth", () => {
  const limited = (retryAfterMs: number | null) => ({ type: "rate-limited", message: "", retryAfterMs }) as const;
  expect(retryDelayMs(limited(1500), 1, random())).toBe(1500);
  expect(retryDelayMs(limited(3_600_000), 1, random())).toBeNull();
  expect(retryDelayMs(limited(null), 1, random())).toBeGreaterThanOrEqual(250);
});

test("doubles with jitter and stops after three attempts; what cannot be mended is not repeated", () => {
  const down = { type: "unavailable", message: "" } as const;
  expect(retryDelayMs(down, 1, random())).toBeLessThanOrEqual(500);
  expect(retryDelayMs(down, 2, random())).toBeGreaterThanOrEqual(500);
  expect(retryDelayMs(down, 3, random())).toBeNull();
  expect(retryDelayMs({ type: "invalid-request", message: "" }, 1, random())).toBeNull();
  expect(retryDelayMs({ type: "cancelled", message: "" }, 1, random())).toBeNull();
});

test("gives up at once on a final error without candidates, and after three failed steps in a row otherwise", () => {
  expect(shouldGiveUp({ type: "unauthorized", message: "" }, 1, false)).toBe(true);
  expect(shouldGiveUp({ type: "unauthorized", message: "" }, 1, true)).toBe(false);
  expect(shouldGiveUp({ type: "unavailable", message: "" }, 2, false)).toBe(false);
  expect(shouldGiveUp({ type: "unavailable", message: "" }, 3, true)).toBe(true);
  expect(shouldGiveUp({ type: "unauthorized", message: "" }, 0, false)).toBe(false);
});
