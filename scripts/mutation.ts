import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, run } from "./run.ts";

/**
 * `npm run mutation`: Stryker changes `src/ledger` in every way it knows, one at a time, and the ledger's tests must
 * notice. Fails below the score in `stryker.config.json`. With `--json` the last line is one JSON object; other arguments
 * are Stryker's (`--mutate src/ledger/holds.ts`).
 */
const args = process.argv.slice(2);
const status = await run("stryker", ["run", "stryker.config.json", ...args.filter((one) => one !== "--json")]);
if (args.includes("--json")) console.log(JSON.stringify(summaryOf(join(ROOT, ".espalier/mutation.json"))));
process.exit(status);

/** What we read of mutation-testing-report-schema. */
interface Report {
  readonly files: Readonly<Record<string, { readonly mutants: readonly { readonly status: string }[] }>>;
}

const CAUGHT = ["Killed", "Timeout"];
const ESCAPED = ["Survived", "NoCoverage"];

function summaryOf(path: string) {
  const { files } = JSON.parse(readFileSync(path, "utf8")) as Report;
  const rows = Object.entries(files).map(([file, { mutants }]) => ({ file, ...scoreOf(mutants) }));
  return { ...scoreOf(Object.values(files).flatMap((file) => file.mutants)), rows };
}

function scoreOf(mutants: Report["files"][string]["mutants"]) {
  const killed = mutants.filter((one) => CAUGHT.includes(one.status)).length;
  const survived = mutants.filter((one) => ESCAPED.includes(one.status)).length;
  return { score: Math.round((10_000 * killed) / (killed + survived)) / 100, killed, survived };
}
