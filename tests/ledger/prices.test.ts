import fc from "fast-check";
import { expect, test } from "vitest";
import { LARGEST_NANODOLLARS } from "../../src/ledger/money.ts";
import {
  checkPrice,
  costOf,
  type Price,
  priceAt,
  TOKEN_CLASSES,
  usageOf,
  worstCostOf,
} from "../../src/ledger/prices.ts";

const NONE = { input: 0, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 };

function price(perMillionTokens: Partial<Price["perMillionTokens"]>, overrides: Partial<Price> = {}): Price {
  return {
    model: "small",
    tenantId: null,
    effectiveFromMs: 0,
    perMillionTokens: { ...NONE, ...perMillionTokens },
    ...overrides,
  };
}

test("a call costs its tokens at their classes' prices, worked by hand", () => {
  // 0.15 and 0.60 dollars per million, a cached token at half the price of a new one.
  const mini = price({ input: 150_000, cachedInput: 75_000, cacheWrite: 187_500, output: 600_000, reasoning: 600_000 });
  const usage = { input: 1000, cachedInput: 3000, cacheWrite: 100, output: 200, reasoning: 50 };
  // 150,000 + 225,000 + 18,750 + 120,000 + 30,000 nanodollars.
  expect(costOf(mini, usage)).toEqual({
    nanodollars: 543_750,
    lines: { input: 150_000, cachedInput: 225_000, cacheWrite: 18_750, output: 120_000, reasoning: 30_000 },
  });
});

test("a fraction of a nanodollar is rounded up once for the call, not once for each line", () => {
  const tiny = price({ input: 1, output: 1, reasoning: 1998 });
  const { nanodollars, lines } = costOf(tiny, { ...NONE, input: 1, output: 1, reasoning: 1 });
  expect(nanodollars).toBe(2);
  expect(lines).toEqual({ ...NONE, input: 1, output: 0, reasoning: 1 });
});

test("a discount for cached tokens lowers the total, down to nothing and never below", () => {
  const discounted = price({ input: 2_000_000, cachedInput: -1_000_000, output: 1_000_000 });
  expect(costOf(discounted, { ...NONE, input: 10, cachedInput: 4 })).toEqual({
    nanodollars: 16_000,
    lines: { ...NONE, input: 20_000, cachedInput: -4000 },
  });
  const { nanodollars, lines } = costOf(discounted, { ...NONE, cachedInput: 4, output: 3 });
  expect([nanodollars, lines.cachedInput, lines.output]).toEqual([0, 0, 0]);
});

const anyPrice = fc
  .record({
    input: fc.integer({ min: 0, max: 200_000_000 }),
    cachedInput: fc.integer({ min: -200_000_000, max: 200_000_000 }),
    cacheWrite: fc.integer({ min: 0, max: 200_000_000 }),
    output: fc.integer({ min: 0, max: 800_000_000 }),
    reasoning: fc.integer({ min: -10_000, max: 800_000_000 }),
  })
  .map((perMillionTokens) => price(perMillionTokens));
const tokens = fc.nat(10_000_000);
const anyUsage = fc.record({
  input: tokens,
  cachedInput: tokens,
  cacheWrite: tokens,
  output: tokens,
  reasoning: tokens,
});

test("lines add up to their call, and the call is the exact product rounded up (I21)", () => {
  fc.assert(
    fc.property(anyPrice, anyUsage, (one, usage) => {
      const { nanodollars, lines } = costOf(one, usage);
      expect(TOKEN_CLASSES.reduce((sum, name) => sum + lines[name], 0)).toBe(nanodollars);
      const exact = TOKEN_CLASSES.reduce(
        (sum, name) => sum + BigInt(usage[name]) * BigInt(one.perMillionTokens[name]),
        0n,
      );
      expect(BigInt(nanodollars)).toBe(exact <= 0n ? 0n : (exact + 999n) / 1000n);
    }),
  );
});

test("no usage within its bounds costs more than the worst case (I2: X = 0)", () => {
  fc.assert(
    fc.property(anyPrice, anyUsage, fc.nat(5), fc.nat(100), (one, usage, calls, slack) => {
      const [inputTokens, outputTokens] = [
        usage.input + usage.cachedInput + usage.cacheWrite,
        usage.output + usage.reasoning,
      ];
      const worst = worstCostOf(one, inputTokens + slack, outputTokens, calls);
      expect(costOf(one, usage).nanodollars * calls).toBeLessThanOrEqual(worst);
    }),
  );
});

test("the worst case takes the dearest class of either side, at least nothing", () => {
  const dear = price({ input: 1000, cacheWrite: 3000, output: 5000, reasoning: 9000 });
  expect(worstCostOf(dear, 10, 10, 1)).toBe(30 + 90);
  expect(worstCostOf(dear, 10, 10, 3)).toBe(3 * (30 + 90));
  expect(worstCostOf(dear, 1, 0, 2)).toBe(6);
  expect(worstCostOf(price({ cachedInput: -5000 }), 10, 10, 1)).toBe(0);
  expect(worstCostOf(price({ input: 1 }), 1, 0, 1000)).toBe(1000);
});

test("what is beyond every budget stays at the largest amount", () => {
  const absurd = price({ input: 1_000_000_000_000, output: 1_000_000_000_000 });
  expect(costOf(absurd, { ...NONE, input: 1e9 }).nanodollars).toBe(LARGEST_NANODOLLARS);
  expect(worstCostOf(absurd, 1_000_000, 0, 1_000_000)).toBe(LARGEST_NANODOLLARS);
});

test("the price in force is the tenant's own, else the service's, each from its day on", () => {
  const prices = [
    price({ input: 3 }, { effectiveFromMs: 300 }),
    price({ input: 1 }, { effectiveFromMs: 100 }),
    price({ input: 2 }, { effectiveFromMs: 200 }),
    price({ input: 9 }, { effectiveFromMs: 250, tenantId: "a" }),
    price({ input: 5 }, { effectiveFromMs: 0, model: "large" }),
    // Of two from the same moment the first goes.
    price({ input: 7 }, { effectiveFromMs: 300 }),
  ];
  const at = (atMs: number, tenantId = "b", model = "small") =>
    priceAt(prices, model, tenantId, atMs)?.perMillionTokens.input ?? null;
  expect([at(99), at(100), at(199), at(200), at(299), at(300)]).toEqual([null, 1, 1, 2, 2, 3]);
  expect([at(249, "a"), at(250, "a"), at(500, "a")]).toEqual([2, 9, 9]);
  expect([at(500, "a", "large"), at(500, "a", "other")]).toEqual([5, null]);
});

test("reported usage is counted in one class per token, details cut to their whole", () => {
  const reported = {
    promptTokens: 100,
    completionTokens: 40,
    cachedTokens: 30,
    cacheWriteTokens: 20,
    reasoningTokens: 25,
  };
  expect(usageOf(reported)).toEqual({ input: 50, cachedInput: 30, cacheWrite: 20, output: 15, reasoning: 25 });
  const torn = { promptTokens: 10, completionTokens: 4, cachedTokens: 8, cacheWriteTokens: 20, reasoningTokens: 25 };
  expect(usageOf(torn)).toEqual({ input: 0, cachedInput: 8, cacheWrite: 2, output: 0, reasoning: 4 });
  const absurd = { promptTokens: 10, completionTokens: 4, cachedTokens: 11, cacheWriteTokens: 1, reasoningTokens: 0 };
  expect(usageOf(absurd)).toEqual({ input: 0, cachedInput: 10, cacheWrite: 0, output: 4, reasoning: 0 });
});

test("a price is integers in range, or the fault is named", () => {
  const most = 1_000_000_000_000;
  for (const one of TOKEN_CLASSES) {
    for (const value of [most, -most, 0]) expect(checkPrice(price({ [one]: value })).ok).toBe(true);
    for (const value of [0.5, most + 1, -most - 1]) {
      expect(checkPrice(price({ [one]: value }))).toEqual({
        ok: false,
        error: {
          type: "invalid",
          param: `perMillionTokens.${one}`,
          reason: "It must be an integer of microdollars in -1000000000000..1000000000000.",
        },
      });
    }
  }
  for (const effectiveFromMs of [-1, 0.5]) {
    expect(checkPrice(price({}, { effectiveFromMs }))).toEqual({
      ok: false,
      error: { type: "invalid", param: "effectiveFromMs", reason: "It must be an integer of 0 or more." },
    });
  }
  const fine = price({ input: 1 });
  expect(checkPrice(fine)).toEqual({ ok: true, value: fine });
});
