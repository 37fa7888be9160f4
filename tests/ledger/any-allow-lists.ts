import fc from "fast-check";
import { ALLOW_LIST_NAMES, type AllowLists } from "../../src/ledger/allow-lists.ts";

const anyList = fc.option(fc.uniqueArray(fc.constantFrom("a", "b", "c", "d"), { maxLength: 4 }), { nil: null });
export const anyAllowLists: fc.Arbitrary<AllowLists> = fc
  .tuple(...ALLOW_LIST_NAMES.map(() => anyList))
  .map((lists) =>
    Object.fromEntries(ALLOW_LIST_NAMES.flatMap((name, index) => (lists[index] == null ? [] : [[name, lists[index]]]))),
  );
