import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { GOLDEN_CASES, growGolden } from "./cases.ts";

// To accept a change of the search: `npm run signature -- --write`, and say so in the commit.
test.each(Object.keys(GOLDEN_CASES))("%s grows the same tree as ever", async (name) => {
  const kept = readFileSync(new URL(`trees/${name}.txt`, import.meta.url), "utf8");
  expect(await growGolden(name)).toBe(kept);
});
