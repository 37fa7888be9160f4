import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { ROOT } from "../run.ts";
import { meter } from "./meter.ts";

const require = createRequire(import.meta.url);

/** The interpreters of the sandbox: where each comes from, and where its metered copy lies. */
export const INTERPRETERS = [
  { source: require.resolve("@jitl/quickjs-wasmfile-release-sync/wasm"), name: "quickjs.wasm" },
  {
    source: require.resolve("@micropython/micropython-webassembly-pyscript/micropython.wasm"),
    name: "micropython.wasm",
  },
].map(({ source, name }) => ({ source, name, copy: join(ROOT, "src/verifiers/sandbox", name) }));

/**
 * `node scripts/sandbox/build.ts` after an interpreter's package has changed. The copies are part of the sources, since
 * a Worker compiles no WebAssembly from bytes; a test checks them against the packages byte for byte.
 */
if (process.argv[1] === import.meta.filename) {
  for (const { source, copy } of INTERPRETERS) writeFileSync(copy, meter(readFileSync(source)));
}
