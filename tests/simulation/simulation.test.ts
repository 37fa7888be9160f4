import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { MUTATIONS } from "./mutations.ts";

const MINUTE_MS = 60_000;
const SEEDS = 2000;
/** None of them needs half as many. */
const SEEDS_PER_MUTATION = 400;

/** In processes of their own: the world replaces the global clock, and a mutation the code. */
async function simulate(
  ...args: readonly string[]
): Promise<{ readonly status: number | null; readonly text: string }> {
  const main = join(import.meta.dirname, "main.ts");
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", main, ...args]);
  let text = "";
  child.stdout.on("data", (data) => {
    text += data;
  });
  child.stderr.on("data", (data) => {
    text += data;
  });
  const status = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { status, text };
}

function resultOf(text: string): { readonly seeds: number; readonly violations: number } {
  return JSON.parse(text.trimEnd().split("\n").at(-1) ?? "");
}

test("whatever goes wrong, I1 to I8, I14, I15 and I22 hold, and everything comes to rest when it stops", {
  timeout: 10 * MINUTE_MS,
}, async () => {
  const { status, text } = await simulate("--seeds", String(SEEDS), "--json");
  const { seeds, violations } = resultOf(text);
  expect(violations, text).toBe(0);
  expect(seeds).toBeGreaterThanOrEqual(SEEDS);
  expect(status).toBe(0);
  const [searches = 0, calls = 0, crashes = 0, answers = 0] = [
    ...text.matchAll(/(\d+) (?=searches|calls|crashes|answers)/g),
  ].map(([, count]) => Number(count));
  // It is no simulation of nothing.
  expect(Math.min(searches, calls, crashes, answers)).toBeGreaterThan(SEEDS / 2);
});

test("the same seed is the same run, event by event", { timeout: MINUTE_MS }, async () => {
  const [first, second] = [await simulate("--seed", "17"), await simulate("--seed", "17")];
  expect(first.text.split("\n").length).toBeGreaterThan(50);
  expect(second.text).toBe(first.text);
});

test.each(MUTATIONS)(
  "the auditor notices code that would $name",
  { timeout: 5 * MINUTE_MS },
  async ({ name, invariants }) => {
    const seeds = String(SEEDS_PER_MUTATION);
    const { status, text } = await simulate("--mutation", name, "--seeds", seeds, "--stop-at-first");
    expect(status, text).toBe(1);
    expect(
      invariants.filter((invariant) => new RegExp(`^seed \\d+: ${invariant}: `, "m").test(text)),
      text,
    ).not.toEqual([]);
  },
);

test("a mutation that is nowhere to be made is no mutation survived", { timeout: MINUTE_MS }, async () => {
  const { status, text } = await simulate("--mutation", "none-of-them");
  expect(status).not.toBe(0);
  expect(text).toContain("there is no mutation none-of-them");
});
