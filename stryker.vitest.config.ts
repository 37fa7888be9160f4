import { defineConfig } from "vitest/config";

/** What mutation testing runs: the ledger's tests alone, with fewer random runs, as they run once per mutant. */
export default defineConfig({
  test: {
    include: ["tests/ledger/**/*.test.ts"],
    env: { LEDGER_RUNS: "25" },
    testTimeout: 60_000,
  },
});
