import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { GOLDEN_CASES, growGolden } from "../golden/cases.ts";

/**
 * The behaviour signature of the whole search: one short hash over every golden tree. A commit that touches the search
 * says whether it changed (the idea is Stockfish's `bench` signature). `--write` also renews the golden trees.
 */
const shouldWrite = process.argv.includes("--write");
const hash = createHash("sha256");
const folder = new URL("../golden/trees/", import.meta.url);
for (const name of Object.keys(GOLDEN_CASES).sort()) {
  const tree = await growGolden(name);
  hash.update(`${name}\n${tree}`);
  if (shouldWrite) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(new URL(`${name}.txt`, folder), tree);
  }
}
console.log(`signature ${hash.digest("hex").slice(0, 12)}`);
