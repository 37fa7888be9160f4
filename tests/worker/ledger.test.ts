import { expect, test } from "vitest";
import { appendAudit, GENESIS } from "../../src/ledger/audit/chain.ts";
import { isTimeZone, windowAt } from "../../src/ledger/period.ts";

const iso = (ms: number) => new Date(ms).toISOString();

test.each([
  ["Europe/Berlin", "2026-03-29T12:00Z", "2026-03-28T23:00:00.000Z", "2026-03-29T22:00:00.000Z"],
  ["America/New_York", "2026-11-01T12:00Z", "2026-11-01T04:00:00.000Z", "2026-11-02T05:00:00.000Z"],
  ["Asia/Kathmandu", "2026-11-22T12:00Z", "2026-11-21T18:15:00.000Z", "2026-11-22T18:15:00.000Z"],
] as const)("a budget's day in %s is the same in workerd as in Node (I18)", (timeZone, at, start, end) => {
  const { startMs, endMs } = windowAt({ type: "calendar", unit: "day", timeZone }, Date.parse(at));
  expect([iso(startMs), iso(endMs)]).toEqual([start, end]);
});

test("workerd knows every time zone that it lists, and refuses others", () => {
  const names = Intl.supportedValuesOf("timeZone");
  expect(names.length).toBeGreaterThan(400);
  expect(names.filter((name) => !isTimeZone(name))).toEqual([]);
  expect(isTimeZone("Middle/Earth")).toBe(false);
});

test("the audit chain's seal is the platform's own SHA-256 (I20)", async () => {
  const entry = appendAudit(GENESIS, { atMs: 5, actor: "a", action: "key.revoke", target: "é\u{1F511}", detail: "{}" });
  const text = JSON.stringify([1, "0".repeat(64), 5, "a", "key.revoke", "é\u{1F511}", "{}"]);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  expect(entry.hash).toBe([...digest].map((byte) => byte.toString(16).padStart(2, "0")).join(""));
});
