import { expect, test } from "vitest";
import { ADAPTER_NAMES } from "../../src/providers/adapter.ts";
import { ADAPTERS } from "../../src/providers/index.ts";
import { providerContract } from "../contracts/provider.ts";
import { DIALECTS } from "./dialects/index.ts";

test("every adapter that configuration may name is there, and has earned the contract", () => {
  expect(ADAPTERS.map(({ name }) => name)).toEqual([...ADAPTER_NAMES]);
  // `openai-auto` is two of the others: openai-auto.test.ts.
  const names = DIALECTS.map(({ adapter }) => adapter);
  expect(ADAPTER_NAMES.filter((name) => !names.includes(name))).toEqual(["openai-auto"]);
});

for (const dialect of DIALECTS) providerContract(dialect);
