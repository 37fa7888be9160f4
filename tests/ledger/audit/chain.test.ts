import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type AuditEntry, type AuditFact, appendAudit, GENESIS, verifyAudit } from "../../../src/ledger/audit/chain.ts";

const anyFact: fc.Arbitrary<AuditFact> = fc.record({
  atMs: fc.nat(),
  actor: fc.string(),
  action: fc.constantFrom("key.revoke", "budget.set"),
  target: fc.string(),
  detail: fc.json(),
});
const anyFacts = fc.array(anyFact, { minLength: 1, maxLength: 12 });

function chained(facts: readonly AuditFact[]): AuditEntry[] {
  const entries: AuditEntry[] = [];
  for (const fact of facts) entries.push(appendAudit(entries.at(-1) ?? GENESIS, fact));
  return entries;
}

test("an entry's seal is SHA-256 of its fields, as anybody can compute", () => {
  const [entry] = chained([{ atMs: 5, actor: "key-1", action: "key.revoke", target: "key-2", detail: "{}" }]);
  const text = JSON.stringify([1, "0".repeat(64), 5, "key-1", "key.revoke", "key-2", "{}"]);
  expect(entry?.hash).toBe(createHash("sha256").update(text).digest("hex"));
  expect(entry).toMatchObject({ sequence: 1, previousHash: "0".repeat(64), target: "key-2" });
});

test("what was appended is intact, whole or page by page (I20)", () => {
  fc.assert(
    fc.property(anyFacts, fc.nat(), (facts, cut) => {
      const entries = chained(facts);
      const head = entries.at(-1) ?? GENESIS;
      const intact = { type: "intact", head: { sequence: head.sequence, hash: head.hash } };
      expect(verifyAudit(entries)).toEqual(intact);
      expect(verifyAudit(entries, GENESIS, head)).toEqual(intact);
      const at = cut % (entries.length + 1);
      const first = verifyAudit(entries.slice(0, at));
      expect(first.type === "intact" && verifyAudit(entries.slice(at), first.head, head)).toEqual(intact);
    }),
  );
});

test("a changed field of any entry is found at that entry (I20)", () => {
  const fields = ["atMs", "actor", "action", "target", "detail", "hash"] as const;
  fc.assert(
    fc.property(anyFacts, fc.nat(), fc.constantFrom(...fields), (facts, place, field) => {
      const entries = chained(facts);
      const at = place % entries.length;
      const forged = entries.map((entry, index) =>
        index === at ? { ...entry, [field]: field === "atMs" ? entry.atMs + 1 : `${entry[field]}!` } : entry,
      );
      expect(verifyAudit(forged)).toEqual({ type: "broken", sequence: at + 1, fault: "hash" });
    }),
  );
});

test("an entry sealed anew after a change no longer links to the next", () => {
  const entries = chained([1, 2, 3].map((atMs) => ({ atMs, actor: "a", action: "b", target: "c", detail: "{}" })));
  const [first, second, third] = entries;
  if (first === undefined || second === undefined || third === undefined) throw new Error("There are three.");
  const resealed = appendAudit(first, { ...second, actor: "mallory" });
  expect(verifyAudit([first, resealed, third])).toEqual({ type: "broken", sequence: 3, fault: "link" });
});

test("an entry taken out, put in or moved is found (I20)", () => {
  fc.assert(
    fc.property(fc.array(anyFact, { minLength: 3, maxLength: 12 }), fc.nat(), (facts, place) => {
      const entries = chained(facts);
      const at = place % (entries.length - 1);
      expect(verifyAudit(entries.toSpliced(at, 1))).toEqual({ type: "broken", sequence: at + 1, fault: "gap" });
      const copy = entries[at];
      if (copy === undefined) throw new Error("It is within the list.");
      expect(verifyAudit(entries.toSpliced(at, 0, copy))).toMatchObject({ type: "broken", sequence: at + 2 });
    }),
  );
});

test("entries cut off the end are found by whoever kept the head", () => {
  const entries = chained([1, 2].map((atMs) => ({ atMs, actor: "a", action: "b", target: "c", detail: "{}" })));
  const head = entries.at(-1) ?? GENESIS;
  expect(verifyAudit(entries.slice(0, 1)).type).toBe("intact");
  expect(verifyAudit(entries.slice(0, 1), GENESIS, head)).toEqual({ type: "broken", sequence: 2, fault: "head" });
  expect(verifyAudit(entries, GENESIS, { ...head, hash: "f".repeat(64) })).toMatchObject({ fault: "head" });
  expect(verifyAudit(entries, GENESIS, { ...head, sequence: 3 })).toMatchObject({ fault: "head" });
});
