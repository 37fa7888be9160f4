import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ROUTING_POLICIES } from "../../src/providers/routing/index.ts";
import type { Candidate, Wanted } from "../../src/providers/routing/route.ts";
import { parseRouting } from "../../src/providers/routing-book.ts";

const FREE = { promptMicrodollarsPerMillion: 0, completionMicrodollarsPerMillion: 0 };
const candidate = (provider: string, change: Partial<Candidate> = {}): Candidate => ({
  provider,
  weight: 1,
  price: FREE,
  medianMs: null,
  ...change,
});
const WANTED: Wanted = { promptTokens: 1000, completionTokens: 100, prefix: "user\nHello\n", seed: 1 };

function rank(name: string, candidates: readonly Candidate[], wanted: Partial<Wanted> = {}): string[] {
  const policy = ROUTING_POLICIES.find((one) => one.name === name);
  return (policy?.rank(candidates, { ...WANTED, ...wanted }) ?? []).map(({ provider }) => provider);
}

/** How often each provider comes first over many seeds. */
function firsts(name: string, candidates: readonly Candidate[], wantedOf: (seed: number) => Partial<Wanted>) {
  const counts: Record<string, number> = {};
  for (let seed = 0; seed < 4000; seed++) {
    const [first = ""] = rank(name, candidates, wantedOf(seed));
    counts[first] = (counts[first] ?? 0) + 1;
  }
  return counts;
}

describe.each(ROUTING_POLICIES)("$name", (policy) => {
  const some = fc.uniqueArray(
    fc.record({
      provider: fc.string({ minLength: 1, maxLength: 8 }),
      weight: fc.double({ min: 0.01, max: 100, noNaN: true }),
      price: fc.record({
        promptMicrodollarsPerMillion: fc.nat(10_000_000),
        completionMicrodollarsPerMillion: fc.nat(10_000_000),
      }),
      medianMs: fc.option(fc.integer({ min: 1, max: 60_000 })),
    }),
    { selector: ({ provider }) => provider, maxLength: 6 },
  );

  test("names every candidate once, and says the same when asked again", () => {
    fc.assert(
      fc.property(some, fc.nat(), fc.string(), (candidates, seed, prefix) => {
        const ranked = policy.rank(candidates, { ...WANTED, seed, prefix });
        expect(new Set(ranked)).toEqual(new Set(candidates));
        expect(ranked).toHaveLength(candidates.length);
        expect(policy.rank(candidates, { ...WANTED, seed, prefix })).toEqual(ranked);
      }),
    );
  });
});

test("order keeps the configuration's", () => {
  expect(rank("order", [candidate("b"), candidate("a")])).toEqual(["b", "a"]);
});

test("weights of 3 and 1 send three calls in four to the first", () => {
  const counts = firsts("weights", [candidate("a", { weight: 3 }), candidate("b")], (seed) => ({ seed }));
  // Binomial, n = 4000, p = 0.75: four standard deviations are 110.
  expect(counts.a).toBeGreaterThan(2890);
  expect(counts.a).toBeLessThan(3110);
});

test("cheapest counts prompt and completion at their own prices", () => {
  const price = (prompt: number, completion: number) => ({
    price: { promptMicrodollarsPerMillion: prompt, completionMicrodollarsPerMillion: completion },
  });
  const both = [candidate("long", price(1, 50)), candidate("short", price(10, 10))];
  // 1000 * 1 + 100 * 50 = 6000 against 1000 * 10 + 100 * 10 = 11000; with 10 prompt tokens 5010 against 1100.
  expect(rank("cheapest", both)).toEqual(["long", "short"]);
  expect(rank("cheapest", both, { promptTokens: 10 })).toEqual(["short", "long"]);
});

test("fastest asks whom it has not measured, then the fastest, and now and then another", () => {
  const measured = [candidate("slow", { medianMs: 900 }), candidate("quick", { medianMs: 100 })];
  const counts = firsts("fastest", measured, (seed) => ({ seed }));
  // Binomial, n = 4000, p = 0.05: four standard deviations are 55.
  expect(counts.slow).toBeGreaterThan(145);
  expect(counts.slow).toBeLessThan(255);
  expect(rank("fastest", [...measured, candidate("new")], { seed: 3 })[0]).toBe("new");
});

describe("sticky", () => {
  const three = ["a", "b", "c"].map((name) => candidate(name));
  const prefixes = Array.from({ length: 3000 }, (_, at) => `prompt ${at}`);

  test("sends a prefix to the same provider whatever the seed, and prefixes to all alike", () => {
    const one = new Set(Array.from({ length: 50 }, (_, seed) => rank("sticky", three, { seed, prefix: "p" })[0]));
    expect(one.size).toBe(1);
    const counts = firsts("sticky", three, (seed) => ({ prefix: `prompt ${seed}` }));
    // Binomial, n = 4000, p = 1/3: four standard deviations are 120.
    for (const name of ["a", "b", "c"]) expect(Math.abs((counts[name] ?? 0) - 1333)).toBeLessThan(120);
  });

  test("moves only the prefixes of the provider that was lost", () => {
    for (const prefix of prefixes) {
      const [first] = rank("sticky", three, { prefix });
      const [without] = rank("sticky", three.slice(0, 2), { prefix });
      if (first !== "c") expect(without).toBe(first);
    }
  });
});

describe("ROUTING", () => {
  const providers = [
    { name: "a", models: [{ id: "m" }] },
    { name: "b", models: [{ id: "m" }, { id: "only-b" }] },
  ];
  const errorOf = (value: unknown) => {
    const parsed = parseRouting(typeof value === "string" ? value : JSON.stringify(value), providers);
    return parsed.ok ? null : parsed.error;
  };

  test("is per model, with one entry for all others, and defaults filled in", () => {
    const parsed = parseRouting(
      JSON.stringify({ m: { policy: "sticky", hedge: true }, "*": { policy: "fastest" } }),
      providers,
    );
    if (!parsed.ok) throw new Error(parsed.error);
    expect(parsed.value("m")).toMatchObject({
      policy: { name: "sticky" },
      weights: {},
      hedge: { quantile: 0.95, minimumCalls: 16, share: 0.05, burst: 5 },
    });
    expect(parsed.value("only-b")).toMatchObject({ policy: { name: "fastest" }, hedge: null });
  });

  test("a mistake is told with its path", () => {
    expect(errorOf("{")).toBe("ROUTING is not valid JSON");
    expect(errorOf({ m: { polciy: "order" } })).toContain("ROUTING.m");
    expect(errorOf({ m: { policy: "best" } })).toContain("ROUTING.m.policy");
    expect(errorOf({ m: { weights: { a: 0 } } })).toContain("ROUTING.m.weights.a");
    expect(errorOf({ m: { weights: { c: 1 } } })).toBe("ROUTING.m: 'c' does not serve this model");
    expect(errorOf({ "only-b": { providers: ["a"] } })).toBe("ROUTING.only-b: 'a' does not serve this model");
    expect(errorOf({ gone: {} })).toBe("ROUTING.gone: no provider serves this model");
  });
});
