import { describe, expect, test } from "vitest";
import {
  createListingStore,
  entryOf,
  isListingDelivered,
  type KeyValues,
  listingToRow,
} from "../../../durable-objects/search-tree/listing.ts";

const ENTRY = { model: "espalier/test", metadata: { a: "1" } };
const ORIGIN = { searchId: "srch_1", tenantId: "t", createdAtMs: 90 };

/** The platform's key-value storage as far as it is used: values are copied in and out. */
function listingStore() {
  const values = new Map<string, unknown>();
  const kv: KeyValues = {
    get: <T>(key: string) => structuredClone(values.get(key)) as T | undefined,
    put: (key: string, value: unknown) => void values.set(key, structuredClone(value)),
  };
  return createListingStore({ kv });
}

describe("a search's place in the list", () => {
  test("is none where none was asked for, whatever is changed", () => {
    const listing = listingStore();
    listing.change({ b: "2" });
    listing.change(null);
    listing.markDelivered(3);
    expect(listing.read()).toBe(null);
    expect(entryOf(listing.read())).toBe(null);
    expect(isListingDelivered(listing.read())).toBe(true);
    expect(listingToRow(ORIGIN, listing.read(), true)).toBe(null);
  });

  test("is to be told to D1 again after each change, and not once D1 has it", () => {
    const listing = listingStore();
    listing.enter(ENTRY);
    expect(isListingDelivered(listing.read())).toBe(false);
    expect(listingToRow(ORIGIN, listing.read(), true)).toEqual({ ...ORIGIN, ...ENTRY, revision: 1 });
    listing.markDelivered(1);
    expect(isListingDelivered(listing.read())).toBe(true);
    listing.change({ b: "2" });
    expect(isListingDelivered(listing.read())).toBe(false);
    expect(listingToRow(ORIGIN, listing.read(), true)).toMatchObject({ metadata: { b: "2" }, revision: 2 });
  });

  test("a delivery that began before a change does not pass for the change's", () => {
    const listing = listingStore();
    listing.enter(ENTRY);
    listing.change({ b: "2" });
    listing.markDelivered(1);
    expect(isListingDelivered(listing.read())).toBe(false);
    listing.markDelivered(2);
    listing.markDelivered(1);
    expect(isListingDelivered(listing.read())).toBe(true);
  });

  test("of a search without an answer D1 never hears", () => {
    const listing = listingStore();
    listing.enter(ENTRY);
    expect(listingToRow(ORIGIN, listing.read(), false)).toBe(null);
  });

  test.each([true, false])("of a deletion D1 hears in any case: %s", (hasAnswer) => {
    const listing = listingStore();
    listing.enter(ENTRY);
    listing.change(null);
    expect(entryOf(listing.read())).toBe(null);
    expect(listingToRow(ORIGIN, listing.read(), hasAnswer)).toMatchObject({ metadata: null, revision: 2 });
  });
});
