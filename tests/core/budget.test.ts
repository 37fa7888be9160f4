import fc from "fast-check";
import { expect, test } from "vitest";
import { firstLimitPassed, largestFit } from "../../src/core/budget.ts";

const amounts = (rollouts: number, calls: number, tokens: number, microdollars = 0) => ({
  rollouts,
  calls,
  tokens,
  microdollars,
});
const account = { spent: amounts(2, 3, 100), reserved: amounts(1, 1, 50) };

test("a limit may be reached but not passed, and the first one passed is named", () => {
  expect(firstLimitPassed({ tokens: 200 }, account, amounts(0, 1, 50))).toBeNull();
  expect(firstLimitPassed({ tokens: 200 }, account, amounts(0, 1, 51))).toBe("tokens");
  expect(firstLimitPassed({ calls: 4, tokens: 1 }, account, amounts(0, 1, 50))).toBe("calls");
  expect(firstLimitPassed({}, account, amounts(1e9, 1e9, 1e9))).toBeNull();
});

test("a short budget makes a step narrower: 8 wanted, 3 fit", () => {
  const worstCaseOf = (count: number) => amounts(count, 1, 10 + 12 * count);
  expect(largestFit({ tokens: 200 }, account, 8, worstCaseOf)).toEqual({
    fits: true,
    count: 3,
    worstCase: amounts(3, 1, 46),
  });
  expect(largestFit({ tokens: 170 }, account, 8, worstCaseOf)).toEqual({ fits: false, limit: "tokens" });
});

test("what fits never passes, and one more always would", () => {
  fc.assert(
    fc.property(fc.nat(500), fc.nat(500), fc.integer({ min: 1, max: 40 }), fc.nat(20), (limit, used, wanted, price) => {
      const state = { spent: amounts(0, 0, used), reserved: amounts(0, 0, 0) };
      const worstCaseOf = (count: number) => amounts(0, 0, count * price);
      const fit = largestFit({ tokens: limit }, state, wanted, worstCaseOf);
      if (!fit.fits) return used + price > limit;
      return used + fit.count * price <= limit && (fit.count === wanted || used + (fit.count + 1) * price > limit);
    }),
  );
});
