import { run } from "./run.ts";

/** `npm run check`: the linter, the formatter and every TypeScript project. */
const CHECKS: readonly (readonly [string, readonly string[]])[] = [
  ["biome", ["check", "--error-on-warnings", "."]],
  ["tsc", ["-p", "src/core"]],
  ["tsc", ["-p", "tsconfig.json"]],
  ["tsc", ["-p", "tsconfig.node.json"]],
  ["tsc", ["-p", "tests/worker"]],
];

let failed = 0;
for (const [command, args] of CHECKS) {
  const status = await run(command, args);
  console.log(`${status === 0 ? "ok    " : "FAILED"} ${command} ${args.join(" ")}`);
  if (status !== 0) failed++;
}
process.exit(failed === 0 ? 0 : 1);
