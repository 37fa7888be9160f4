import { criticalPath } from "./critical-path/critical-path.ts";
import { decision } from "./decision/decision.ts";
import { fanOut } from "./fan-out/fan-out.ts";
import { firstByte } from "./first-byte/first-byte.ts";
import { hedging } from "./hedging/hedging.ts";
import { latency } from "./latency/latency.ts";
import { memory } from "./memory/memory.ts";
import { methods } from "./methods/methods.ts";
import { overspend } from "./overspend/overspend.ts";
import { passThrough } from "./pass-through/pass-through.ts";
import { platformCost } from "./platform-cost/platform-cost.ts";
import { provider } from "./provider/provider.ts";
import { scaling } from "./scaling/scaling.ts";
import { verifiers } from "./verifiers/verifiers.ts";

/** `npm run bench -- NAME [options]`. Each bench prints a table; with `--json` its last line is one JSON object. `provider` serves. */
const BENCHES: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  scaling,
  latency,
  "fan-out": fanOut,
  "first-byte": firstByte,
  hedging,
  decision,
  memory,
  methods,
  overspend,
  verifiers,
  provider,
  "pass-through": passThrough,
  "critical-path": criticalPath,
  "platform-cost": platformCost,
};

const [name = "", ...args] = process.argv.slice(2);
const bench = BENCHES[name];
if (bench === undefined) {
  console.error(`npm run bench -- NAME [options], with NAME one of: ${Object.keys(BENCHES).join(", ")}`);
  process.exit(2);
}
await bench(args);
process.exit(0);
