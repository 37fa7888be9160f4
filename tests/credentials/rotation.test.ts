import { describe, expect, test } from "vitest";
import { openCredential, sealCredential } from "../../src/credentials/credential.ts";
import { createDataKey, openDataKey, type SealedDataKey } from "../../src/credentials/data-key.ts";
import { auditKeys, type DataKeyShelf, rotateKeys } from "../../src/credentials/rotation.ts";
import { masterKeysOf, PLACE, rowsOf, SECRET, TENANT } from "./support.ts";

const old = await masterKeysOf("a");
const both = await masterKeysOf("a", "b");
const next = await masterKeysOf("b");

const ROWS = 5;

/** Rows in memory. `crashAt`: the process dies there, before ("before") or after ("after") that row is written. */
function shelfOf(rows: Map<string, SealedDataKey>, crashAt: { row: number; when: "before" | "after" } | null = null) {
  let written = 0;
  const shelf: DataKeyShelf = {
    list: async () => [...rows.values()],
    replace: async (id, before, sealed) => {
      const isHere = crashAt?.row === written++;
      if (isHere && crashAt?.when === "before") throw new Error("crash");
      const row = rows.get(id);
      const isSame = row?.sealed === before;
      if (row !== undefined && isSame) rows.set(id, { ...row, sealed });
      if (isHere) throw new Error("crash");
      return isSame;
    },
  };
  return shelf;
}

const mapOf = (rows: readonly SealedDataKey[]) => new Map(rows.map((row) => [row.dataKeyId, row]));

/** A credential under every data key, sealed before anything was rotated. */
async function stocked() {
  const rows = await rowsOf(old, ROWS);
  const credentials = await Promise.all(
    rows.map(async (row) => {
      const opened = await openDataKey(old, TENANT, row);
      if (!opened.ok) throw new Error(opened.error.type);
      return (await sealCredential(opened.value, PLACE, `${SECRET}-${row.dataKeyId}`)).sealed;
    }),
  );
  return { rows: mapOf(rows), credentials };
}

/** All clear texts, as somebody reads them who has these rows and these master keys. */
async function readAll(rows: ReadonlyMap<string, SealedDataKey>, credentials: readonly string[], masterKeys = both) {
  const opened = await Promise.all([...rows.values()].map((row) => openDataKey(masterKeys, TENANT, row)));
  const dataKeys = opened.flatMap((one) => (one.ok ? [one.value] : []));
  const texts = await Promise.all(
    credentials.map((sealed) =>
      openCredential((id) => dataKeys.find(({ keyId }) => keyId === id) ?? null, PLACE, sealed),
    ),
  );
  return texts.map((text) => (text.ok ? text.value : text.error.type));
}

const CLEAR = Array.from({ length: ROWS }, (_unused, index) => `${SECRET}-dek_${index}`);

describe("rotation", () => {
  test("seals every data key anew, and leaves the credentials as they are", async () => {
    const { rows, credentials } = await stocked();
    const standing = await rotateKeys(both, TENANT, shelfOf(rows));
    expect(standing).toEqual({ current: ROWS, remaining: 0, undecryptable: 0, byMasterKey: { b: ROWS } });
    expect(await readAll(rows, credentials, next)).toEqual(CLEAR);
  });

  test("the old master key is needed until nothing remains, and no longer", async () => {
    const { rows, credentials } = await stocked();
    expect(await auditKeys(both, TENANT, [...rows.values()])).toMatchObject({
      remaining: ROWS,
      byMasterKey: { a: ROWS },
    });
    expect(await readAll(rows, credentials, next)).toEqual(CLEAR.map(() => "unknown-key"));
    await rotateKeys(both, TENANT, shelfOf(rows));
    expect(await auditKeys(next, TENANT, [...rows.values()])).toMatchObject({ remaining: 0, undecryptable: 0 });
  });

  test.each(
    Array.from({ length: ROWS }, (_unused, row) => row).flatMap((row) => [
      { row, when: "before" as const },
      { row, when: "after" as const },
    ]),
  )("that dies $when row $row is written goes on where it was", async (crashAt) => {
    const { rows, credentials } = await stocked();
    await expect(rotateKeys(both, TENANT, shelfOf(rows, crashAt))).rejects.toThrow("crash");
    const done = crashAt.row + (crashAt.when === "after" ? 1 : 0);
    const between = await auditKeys(both, TENANT, [...rows.values()]);
    expect(between).toMatchObject({ current: done, remaining: ROWS - done, undecryptable: 0 });
    expect(await readAll(rows, credentials)).toEqual(CLEAR);
    expect(await rotateKeys(both, TENANT, shelfOf(rows))).toMatchObject({ current: ROWS, remaining: 0 });
    expect(await readAll(rows, credentials, next)).toEqual(CLEAR);
  });

  test("repeated, it writes nothing", async () => {
    const { rows } = await stocked();
    await rotateKeys(both, TENANT, shelfOf(rows));
    const before = JSON.stringify([...rows]);
    // The first write would be the crash.
    await rotateKeys(both, TENANT, shelfOf(rows, { row: 0, when: "before" }));
    expect(JSON.stringify([...rows])).toBe(before);
  });

  test("twice at once, with readers between every two writes, nothing is lost", async () => {
    const { rows, credentials } = await stocked();
    const shelf = shelfOf(rows);
    const reads: Promise<readonly string[]>[] = [];
    const watched: DataKeyShelf = {
      list: shelf.list,
      replace: async (...change) => {
        reads.push(readAll(new Map(rows), credentials));
        const isReplaced = await shelf.replace(...change);
        reads.push(readAll(new Map(rows), credentials));
        return isReplaced;
      },
    };
    await Promise.all([rotateKeys(both, TENANT, watched), rotateKeys(both, TENANT, watched)]);
    expect(reads.length).toBe(2 * 2 * ROWS);
    for (const texts of await Promise.all(reads)) expect(texts).toEqual(CLEAR);
    expect(await readAll(rows, credentials, next)).toEqual(CLEAR);
  });

  test("under load: keys that come to be meanwhile are sealed with the current master key already", async () => {
    const { rows, credentials } = await stocked();
    const shelf = shelfOf(rows);
    let made = 0;
    const busy: DataKeyShelf = {
      list: shelf.list,
      replace: async (...change) => {
        const id = `dek_new_${made++}`;
        rows.set(id, await createDataKey(both, TENANT, id, 0));
        const used = rows.get(change[0]);
        if (used !== undefined) rows.set(change[0], { ...used, uses: used.uses + 1 });
        return shelf.replace(...change);
      },
    };
    expect(await rotateKeys(both, TENANT, busy)).toMatchObject({ current: 2 * ROWS, remaining: 0 });
    expect([...rows.values()].filter(({ uses }) => uses === 1)).toHaveLength(ROWS);
    expect(await readAll(rows, credentials, next)).toEqual(CLEAR);
  });

  test("a key whose master key is gone is told, and does not stop the others", async () => {
    const { rows } = await stocked();
    const lost = await createDataKey(await masterKeysOf("z"), TENANT, "dek_0", 0);
    rows.set("dek_0", lost);
    const standing = await rotateKeys(both, TENANT, shelfOf(rows));
    expect(standing).toEqual({ current: ROWS - 1, remaining: 0, undecryptable: 1, byMasterKey: { b: ROWS - 1, z: 1 } });
    expect(rows.get("dek_0")).toEqual(lost);
  });

  test("a key that its master key no longer fits is told, though the id is there", async () => {
    const [row] = await rowsOf(old, 1, "tenant_b");
    if (row === undefined) throw new Error("no row");
    expect(await auditKeys(both, TENANT, [row])).toMatchObject({ undecryptable: 1, byMasterKey: { a: 1 } });
  });
});
