import { expect, test } from "vitest";
import { goDuration, rateHeaders } from "../../src/api/rate-headers.ts";

test.each([
  [0, "0s"],
  [12, "12ms"],
  [1000, "1s"],
  [1500, "1.5s"],
  [59_999, "59.999s"],
  [60_000, "1m0s"],
  [360_000, "6m0s"],
  [3_600_000, "1h0m0s"],
  [3_723_004, "1h2m3.004s"],
])("%i ms are written as Go writes them: %s", (milliseconds, text) => {
  expect(goDuration(milliseconds)).toBe(text);
});

test("a rate that nobody limits has no headers", () => {
  const requests = { limit: 60, remaining: 59, resetMs: 1000 };
  expect(rateHeaders({ requests, tokens: null })).toEqual({
    "x-ratelimit-limit-requests": "60",
    "x-ratelimit-remaining-requests": "59",
    "x-ratelimit-reset-requests": "1s",
  });
});
