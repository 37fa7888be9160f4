import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createKey, editKey, firstKey, type NewKey, revokeKey, rotateKey } from "../../../src/ledger/keys/change.ts";
import { isLive, type Key, keyStatus } from "../../../src/ledger/keys/key.ts";
import { mayDo, PERMISSIONS, type Permission } from "../../../src/ledger/keys/permissions.ts";
import { anyAllowLists } from "../any-allow-lists.ts";
import { key } from "../model.ts";

const NOW = 1000;
const manager = (overrides: Partial<Key> = {}) =>
  key("manager", { kind: "management", permissions: PERMISSIONS, ...overrides });

function wanted(overrides: Partial<NewKey> = {}): NewKey {
  return {
    keyId: "new",
    kind: "inference",
    projectId: null,
    permissions: ["searches:create"],
    allowed: {},
    expiresAtMs: null,
    ...overrides,
  };
}

describe("a key's status", () => {
  const rotation = { successorId: "next", graceEndsAtMs: NOW + 10 };
  const status = (overrides: Partial<Key>, nowMs = NOW) => keyStatus(key("k", overrides), nowMs);

  test("is the one that ends it soonest for good", () => {
    expect(status({})).toBe("active");
    expect(status({ isDisabled: true })).toBe("disabled");
    expect(status({ isDisabled: true, expiresAtMs: NOW })).toBe("expired");
    expect(status({ expiresAtMs: NOW, rotation }, NOW + 10)).toBe("superseded");
    expect(status({ revokedAtMs: 0, rotation }, NOW + 10)).toBe("revoked");
    expect(status({ isDisabled: true, rotation })).toBe("disabled");
  });

  test("changes at the millisecond of its expiry and of the end of its grace", () => {
    expect([status({ expiresAtMs: NOW + 1 }), status({ expiresAtMs: NOW })]).toEqual(["active", "expired"]);
    expect([status({ rotation }, NOW + 9), status({ rotation }, NOW + 10)]).toEqual(["rotated", "superseded"]);
  });

  test("is live while active and in the grace of a rotation, and else not", () => {
    const live = (["active", "rotated", "disabled", "expired", "superseded", "revoked"] as const).filter(isLive);
    expect(live).toEqual(["active", "rotated"]);
  });
});

describe("what a key may do", () => {
  test("is what its list and its kind both say: managing is no inferring, and the other way round (T9)", () => {
    const can = (kind: Key["kind"]) => PERMISSIONS.filter((one) => mayDo({ kind, permissions: PERMISSIONS }, one));
    expect(can("inference")).toEqual(["searches:create", "searches:read"]);
    expect(can("test")).toEqual(can("inference"));
    expect(can("management")).toEqual(PERMISSIONS.filter((one) => !one.startsWith("searches:")));
    expect(can("management")).toHaveLength(16);
    expect(mayDo({ kind: "inference", permissions: ["searches:read"] }, "searches:create")).toBe(false);
  });
});

describe("a new key", () => {
  test("remembers who created it and begins active", () => {
    const made = createKey(manager(), wanted(), NOW);
    expect(made).toEqual({ ok: true, value: key("new", { permissions: ["searches:create"], createdBy: "manager" }) });
    expect(firstKey(wanted())).toEqual(key("new", { permissions: ["searches:create"] }));
  });

  test("of one project is created by a key of all projects", () => {
    expect(createKey(manager(), wanted({ projectId: "p" }), NOW)).toMatchObject({
      ok: true,
      value: { projectId: "p" },
    });
  });

  const anyPermissions = fc.subarray<Permission>([...PERMISSIONS]);
  const anyLife = fc.option(fc.integer({ min: NOW + 1, max: NOW + 5 }), { nil: null });
  const anyProject = fc.constantFrom(null, "project-1", "project-2");

  test("is never wider than its creator, in any respect, however long the line of creators (T9)", () => {
    const anyStep = fc.record({
      kind: fc.constantFrom("management" as const, "inference" as const, "test" as const),
      projectId: anyProject,
      permissions: anyPermissions,
      allowed: anyAllowLists,
      expiresAtMs: anyLife,
    });
    fc.assert(
      fc.property(fc.array(anyStep, { minLength: 1, maxLength: 4 }), (steps) => {
        let creator = manager({ projectId: steps[0]?.projectId ?? null, allowed: steps[0]?.allowed ?? {} });
        for (const step of steps) {
          const made = createKey(creator, wanted(step), NOW);
          const isAllowedTo = mayDo(creator, "keys:write");
          const isNarrow =
            step.permissions.every((one) => creator.permissions.includes(one)) &&
            (creator.projectId === null || step.projectId === creator.projectId) &&
            (step.expiresAtMs ?? Number.MAX_VALUE) <= (creator.expiresAtMs ?? Number.MAX_VALUE) &&
            (["models", "methods", "verifiers", "origins"] as const).every((list) => {
              const outer = creator.allowed[list];
              return outer === undefined || step.allowed[list]?.every((one) => outer.includes(one)) === true;
            });
          const isOfItsKind =
            step.kind === "management" || step.permissions.every((one) => one.startsWith("searches:"));
          expect(made.ok).toBe(isAllowedTo && isNarrow && isOfItsKind);
          if (!made.ok) return;
          creator = made.value;
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("that is too wide is refused by the field that is", () => {
    const narrow = manager({
      permissions: ["keys:write", "searches:create"],
      projectId: "p",
      expiresAtMs: NOW + 50,
      allowed: { methods: ["mcts"] },
    });
    const fits = { projectId: "p", expiresAtMs: NOW + 50, allowed: { methods: ["mcts"] } };
    const refused = (overrides: Partial<NewKey>) => createKey(narrow, wanted({ ...fits, ...overrides }), NOW);
    const tooWide = (param: string) => ({ ok: false, error: { type: "too-wide", param } });
    expect(refused({}).ok).toBe(true);
    expect(refused({ permissions: ["searches:read"] })).toEqual(tooWide("permissions"));
    expect(refused({ projectId: null })).toEqual(tooWide("project_id"));
    expect(refused({ expiresAtMs: null })).toEqual(tooWide("expires_at"));
    expect(refused({ expiresAtMs: NOW + 51 })).toEqual(tooWide("expires_at"));
    expect(refused({ allowed: {} })).toEqual(tooWide("allowed.methods"));
    expect(refused({ permissions: ["keys:write"] })).toEqual({
      ok: false,
      error: { type: "wrong-kind", permission: "keys:write" },
    });
    expect(refused({ kind: "management", permissions: ["keys:write"] }).ok).toBe(true);
  });

  test("is not created by a key that may not, or is not live", () => {
    const notPermitted = { ok: false, error: { type: "not-permitted", permission: "keys:write" } };
    expect(createKey(key("k", { permissions: PERMISSIONS }), wanted(), NOW)).toEqual(notPermitted);
    expect(createKey(manager({ permissions: ["searches:create"] }), wanted(), NOW)).toEqual(notPermitted);
    expect(createKey(manager({ isDisabled: true }), wanted(), NOW)).toEqual({
      ok: false,
      error: { type: "not-live", status: "disabled" },
    });
  });
});

describe("editing a key", () => {
  test("changes what is named, within the editor's width", () => {
    const old = key("k");
    expect(editKey(manager(), old, { isDisabled: true }, NOW)).toEqual({
      ok: true,
      value: { ...old, isDisabled: true },
    });
    expect(editKey(manager({ expiresAtMs: 5000 }), old, { isDisabled: true }, NOW)).toEqual({
      ok: false,
      error: { type: "too-wide", param: "expires_at" },
    });
    expect(editKey(manager(), old, { permissions: ["keys:read"] }, NOW)).toMatchObject({
      error: { type: "wrong-kind" },
    });
    expect(editKey(key("other"), old, {}, NOW)).toMatchObject({ error: { type: "not-permitted" } });
  });

  test("wakes a disabled or an expired key, and none that is ended for good", () => {
    expect(editKey(manager(), key("k", { isDisabled: true }), { isDisabled: false }, NOW).ok).toBe(true);
    expect(editKey(manager(), key("k", { expiresAtMs: 1 }), { expiresAtMs: null }, NOW).ok).toBe(true);
    const rotation = { successorId: "next", graceEndsAtMs: NOW };
    for (const [ended, status] of [
      [key("k", { revokedAtMs: 1 }), "revoked"],
      [key("k", { rotation }), "superseded"],
    ] as const) {
      expect(editKey(manager(), ended, { isDisabled: false }, NOW)).toEqual({
        ok: false,
        error: { type: "not-live", status },
      });
    }
  });
});

describe("rotating a key", () => {
  test("lets the old one live through its grace, and makes one as wide beside it", () => {
    const old = key("k", { allowed: { models: ["small"] }, expiresAtMs: NOW + 500, createdBy: "someone" });
    expect(rotateKey(manager(), old, "next", 60, NOW)).toEqual({
      ok: true,
      value: {
        old: { ...old, rotation: { successorId: "next", graceEndsAtMs: NOW + 60 } },
        successor: { ...old, keyId: "next", createdBy: "manager" },
      },
    });
  });

  test("again within the grace makes the grace no longer", () => {
    const old = key("k", { rotation: { successorId: "next", graceEndsAtMs: NOW + 60 } });
    const rotated = rotateKey(manager(), old, "third", 500, NOW);
    expect(rotated).toMatchObject({ value: { old: { rotation: { successorId: "third", graceEndsAtMs: NOW + 60 } } } });
    expect(rotated).toMatchObject({ value: { successor: { rotation: null } } });
    expect(rotateKey(manager(), old, "third", 5, NOW)).toMatchObject({
      value: { old: { rotation: { graceEndsAtMs: NOW + 5 } } },
    });
  });

  test("is refused for a key that is not live, that is wider than the editor, or to one that may not", () => {
    expect(rotateKey(manager(), key("k", { isDisabled: true }), "next", 60, NOW)).toEqual({
      ok: false,
      error: { type: "not-live", status: "disabled" },
    });
    expect(rotateKey(manager({ projectId: "p" }), key("k"), "next", 60, NOW)).toMatchObject({
      error: { param: "project_id" },
    });
    expect(rotateKey(key("other"), key("k"), "next", 60, NOW)).toMatchObject({ error: { type: "not-permitted" } });
  });
});

describe("revoking a key", () => {
  test("is at once and for good, and a second time changes nothing", () => {
    const revoked = revokeKey(manager(), key("k"), NOW);
    expect(revoked).toEqual({ ok: true, value: key("k", { revokedAtMs: NOW }) });
    expect(revoked.ok && revokeKey(manager(), revoked.value, NOW + 5)).toEqual(revoked);
  });

  test("is within the power of a narrower key of the same project, and of none that may not write keys", () => {
    const narrow = manager({ permissions: ["keys:write"], projectId: "p" });
    expect(revokeKey(narrow, key("k", { projectId: "p" }), NOW).ok).toBe(true);
    expect(revokeKey(narrow, key("k", { projectId: "q" }), NOW)).toEqual({
      ok: false,
      error: { type: "too-wide", param: "project_id" },
    });
    expect(revokeKey(key("other"), key("k"), NOW)).toMatchObject({ error: { type: "not-permitted" } });
  });
});
