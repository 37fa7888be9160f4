import { expect, test } from "vitest";
import { criticalPathCalls } from "../../bench/critical-path/chain.ts";

const call = (startedAtMs: number, endedAtMs: number) => ({ startedAtMs, endedAtMs });

test("eight at once are one call in sequence, two waves of them two", () => {
  const wave = (from: number) => Array.from({ length: 8 }, () => call(from, from + 100));
  expect(criticalPathCalls(wave(0))).toBe(1);
  expect(criticalPathCalls([...wave(0), ...wave(100)])).toBe(2);
});

test("finds the longest chain beside a long call that spans it", () => {
  expect(criticalPathCalls([call(0, 1000), call(0, 100), call(100, 200), call(250, 300)])).toBe(3);
  expect(criticalPathCalls([])).toBe(0);
});
