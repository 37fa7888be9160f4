import { describe, expect, test } from "vitest";
import { sealCredential } from "../src/credentials/credential.ts";
import { createDataKey, openDataKey } from "../src/credentials/data-key.ts";
import { askedProviders, plannedProviders, type StoredProvider, withOwn } from "../src/own-providers.ts";
import { findModel, type ProviderConfig, parseProviders } from "../src/providers/config.ts";
import { DEFAULT_BOOK, parseRouting } from "../src/providers/routing-book.ts";
import { targetsOf } from "../src/providers/target.ts";
import { masterKeysOf, SECRET } from "./credentials/support.ts";

const RULES = { allowedOrigins: [] };

function configured(name: string, ...ids: readonly string[]): ProviderConfig {
  const entry = { name, baseUrl: `https://${name}.example.com/v1`, models: ids.map((id) => ({ id })) };
  const parsed = parseProviders(JSON.stringify([entry]));
  if (!parsed.ok || parsed.value[0] === undefined) throw new Error("not a provider");
  return parsed.value[0];
}

function stored(name: string, ...ids: readonly string[]): StoredProvider {
  const { apiKey: _none, ...config } = configured(name, ...ids);
  return { providerId: `prov_${name}`, revision: 1, config, credential: null, createdAtMs: 0, updatedAtMs: 0 };
}

const instance = {
  providers: [configured("east", "shared", "public"), configured("west", "shared")],
  routing: DEFAULT_BOOK,
};
const asked = (...providers: StoredProvider[]) =>
  askedProviders({ tenantId: "t", providers, dataKeys: [] }, null, RULES);
const namesOf = (providers: readonly ProviderConfig[], id: string) =>
  targetsOf(providers, id).map(({ provider }) => provider.name);

describe("a tenant's own providers", () => {
  test("serve the models that they have alone, in their order; all others are the instance's", () => {
    const { providers } = withOwn(instance, asked(stored("first", "shared"), stored("second", "shared", "mine")));
    expect(namesOf(providers, "shared")).toEqual(["own:first", "own:second"]);
    expect(namesOf(providers, "mine")).toEqual(["own:second"]);
    expect(namesOf(providers, "public")).toEqual(["east"]);
    expect(findModel(providers, "shared")?.provider.name).toBe("own:first");
  });

  test("leave everything as it is where there are none", () => {
    expect(withOwn(instance, [])).toEqual(instance);
  });

  test("are none of the instance's, though they are called the same", () => {
    const { providers } = withOwn(instance, asked(stored("east", "mine")));
    expect(providers.map(({ name }) => name)).toEqual(["own:east", "east", "west"]);
  });

  test("are not routed by the instance's rules, which name the instance's", () => {
    const rules = { shared: { policy: "weights", providers: ["west"] }, "*": { policy: "cheapest" } };
    const book = parseRouting(JSON.stringify(rules), instance.providers);
    if (!book.ok) throw new Error(book.error);
    const { routing } = withOwn({ ...instance, routing: book.value }, asked(stored("first", "shared")));
    expect(routing("shared")).toEqual(DEFAULT_BOOK("shared"));
    expect(routing("public").policy.name).toBe("cheapest");
  });

  test("T1: are always under the rules for addresses, also for planning", () => {
    const own = stored("first", "mine");
    const ownModels = { revision: 1, providersJson: JSON.stringify([own]) };
    for (const [one] of [asked(own), plannedProviders(ownModels)]) expect(one?.addressRules).toEqual(RULES);
  });

  test("with another credential are another target: what the old one did says nothing about it", async () => {
    const masterKeys = await masterKeysOf("a");
    const row = await createDataKey(masterKeys, "t", "dek_1", 0);
    const dataKey = await openDataKey(masterKeys, "t", row);
    if (!dataKey.ok) throw new Error(dataKey.error.type);
    const targetOf = async (version: number) => {
      const own = stored("first", "mine");
      const place = { tenantId: "t", providerId: own.providerId, origin: "https://first.example.com", version };
      const provider = { ...own, credential: await sealCredential(dataKey.value, place, SECRET) };
      const providers = askedProviders({ tenantId: "t", providers: [provider], dataKeys: [row] }, masterKeys, RULES);
      expect(await providers[0]?.sealedKey?.open()).toBe(SECRET);
      expect(JSON.stringify(providers)).not.toContain(SECRET);
      return targetsOf(providers, "mine")[0]?.key;
    };
    expect(await targetOf(1)).not.toBe(await targetOf(2));
  });
});
