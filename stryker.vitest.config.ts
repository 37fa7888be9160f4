import { defineConfig } from "vitest/config";

/** What mutation testing runs: the ledger's tests alone, with fewer random runs, as they run once per mutant. */
export default defineConfig({
  test: {
    include: ["tests/ledger/**/*.test.ts"],
    setupFiles: ["tests/ledger/without-shrinking.ts"],
    env: { LEDGER_RUNS: "12", TIME_ZONE_STRIDE: "40" },
    testTimeout: 60_000,
  },
});
