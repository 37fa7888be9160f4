import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ROOT, run } from "./run.ts";

/**
 * `npm test`: the checks, then every vitest project. `npm test -- tests/core` runs a part, without the checks. The last
 * line is `N passed, N failed`.
 */
const args = process.argv.slice(2);
const report = join(ROOT, ".espalier", "test-report.json");
mkdirSync(join(ROOT, ".espalier"), { recursive: true });
rmSync(report, { force: true });

const isWhole = args.length === 0;
const checkStatus = isWhole ? await run("node", ["--disable-warning=ExperimentalWarning", "scripts/check.ts"]) : 0;
const testStatus = await run("vitest", [
  "run",
  "--reporter=default",
  "--reporter=json",
  `--outputFile.json=${report}`,
  ...args,
]);

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numFailedTestSuites: number;
}
const counts: Report = existsSync(report)
  ? JSON.parse(readFileSync(report, "utf8"))
  : { numPassedTests: 0, numFailedTests: 0, numFailedTestSuites: 0 };
// A file that fails to load has no tests to count, and a failed check is no test: both still fail.
const uncounted = testStatus !== 0 && counts.numFailedTests === 0 ? Math.max(1, counts.numFailedTestSuites) : 0;
const failed = counts.numFailedTests + uncounted + (checkStatus === 0 ? 0 : 1);
const passed = counts.numPassedTests + (isWhole && checkStatus === 0 ? 1 : 0);
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
