import fc from "fast-check";
import { test } from "vitest";
import { anyAction, anyBudgets, Run } from "./model.ts";

/** More of them: `LEDGER_RUNS=100000 vitest run --project core tests/ledger/model.test.ts`. A failure prints its seed. */
const RUNS = Number(process.env.LEDGER_RUNS ?? 400);
const anyStart = fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2034, 0, 1) });

test(
  "the ledger agrees with an auditor that adds up all facts anew, whatever comes in whatever order (I1, I3, I18, I22)",
  () => {
    const anyActions = fc.array(anyAction, { minLength: 1, maxLength: 60, size: "max" });
    fc.assert(
      fc.property(anyBudgets, anyStart, anyActions, (budgets, startMs, actions) => {
        const run = new Run(budgets, startMs);
        for (const action of actions) run.act(action);
        run.drain();
      }),
      { numRuns: RUNS },
    );
  },
  60_000 + 200 * RUNS,
);
