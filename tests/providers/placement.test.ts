import { expect, test } from "vitest";
import { locationOf, parseProviders } from "../../src/providers/config.ts";

function providers(list: readonly object[]) {
  const parsed = parseProviders(JSON.stringify(list));
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

const at = (name: string, location: string | undefined, ...models: string[]) => ({
  name,
  location,
  baseUrl: "https://provider.test/v1",
  models: models.map((id) => ({ id })),
});

test("a search lives near the first provider of its model that says where it is", () => {
  const list = providers([at("a", undefined, "m"), at("b", "weur", "m", "n"), at("c", "apac-ne", "m")]);
  expect(locationOf(list, "m")).toBe("weur");
  expect(locationOf(list, "n")).toBe("weur");
  expect(locationOf(list, "o")).toBeUndefined();
});

test("a location that the platform does not know is refused by name", () => {
  const parsed = parseProviders(JSON.stringify([at("a", "mars", "m")]));
  expect(parsed.ok ? "" : parsed.error).toContain("PROVIDERS.0.location");
});
