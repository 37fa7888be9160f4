import { expect, test } from "vitest";
import { embeddedProvider } from "../../scripts/local/providers.ts";
import { createRecipe } from "../../src/recipe.ts";
import { DEFAULT_CEILINGS, parseCeilings, underCeilings } from "../../src/search-request/ceilings.ts";
import { gameOf24Problem } from "../world/search.ts";

test("LIMITS speaks of budgets in the request's own words, and keeps the rest of the defaults", () => {
  expect(parseCeilings('{"max_rollouts": 3, "max_cost_usd": 0.5, "max_parallel": 2}')).toEqual({
    ok: true,
    value: { limits: { ...DEFAULT_CEILINGS.limits, rollouts: 3, microdollars: 500_000 }, width: 2 },
  });
});

test.each([
  ["{", /not valid JSON/],
  ['{"max_rolouts": 3}', /max_rolouts/],
  ['{"max_rollouts": 0}', /LIMITS\.max_rollouts/],
])("LIMITS %s is refused", (json, message) => {
  expect(parseCeilings(json)).toMatchObject({ ok: false, error: expect.stringMatching(message) });
});

const CEILINGS = { limits: { rollouts: 10, microdollars: 100 }, width: 4 };

test("what is above its ceiling is lowered to it and named", () => {
  const asked = { limits: { rollouts: 11, calls: 5000, microdollars: 100 }, width: 5 };
  expect(underCeilings(asked, CEILINGS, "best")).toEqual({
    ok: true,
    value: {
      limits: { rollouts: 10, calls: 5000, microdollars: 100 },
      width: 4,
      clamped: ["search.budget.max_rollouts", "search.budget.max_parallel"],
    },
  });
});

test("with on_budget error it is refused instead, at the first field", () => {
  const refused = underCeilings({ limits: { rollouts: 11 }, width: 5 }, CEILINGS, "error");
  expect(refused).toMatchObject({
    ok: false,
    error: { code: "integer_above_max_value", param: "search.budget.max_rollouts" },
  });
});

function planUnder(json: string, search: unknown) {
  const sampling = { maxTokens: 100, temperature: undefined, topP: undefined, stop: [] };
  const problem = gameOf24Problem("4 9 10 13");
  const ceilings = parseCeilings(json);
  if (!ceilings.ok) throw new Error(ceilings.error);
  return createRecipe({ problem, model: "espalier/24", search, sampling, seed: 1, ceilings: ceilings.value }, [
    embeddedProvider("http://127.0.0.1:1"),
  ]);
}

test("ceilings bind where a request names no limit, which is nothing to report", () => {
  const json = '{"max_rollouts": 3, "max_total_tokens": 900, "max_wall_ms": 20000}';
  expect(planUnder(json, undefined)).toMatchObject({
    value: { limits: { rollouts: 3, calls: 512, tokens: 900, milliseconds: 20_000 }, clamped: [] },
  });
});

test("one call without a search is bound by what it spends, and takes its time", () => {
  const plan = planUnder('{"max_total_tokens": 900, "max_wall_ms": 20000}', false);
  expect(plan.ok ? plan.value.limits : plan).toEqual({ tokens: 900 });
});
