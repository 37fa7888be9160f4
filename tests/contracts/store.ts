import { expect, test } from "vitest";
import type { SearchEvent } from "../../src/core/event.ts";
import type { Store } from "../../src/core/store.ts";

/** What every store promises; run over the memory store here and over SQLite inside workerd. */
export function storeContract(name: string, create: () => Store | Promise<Store>): void {
  test(`${name}: an empty log reads as nothing`, async () => {
    expect((await create()).read(0)).toEqual([]);
  });

  test(`${name}: reads back what was appended, in order, from any sequence`, async () => {
    const store = await create();
    store.append([end(0), end(1)]);
    store.append([end(2)]);
    expect(store.read(0)).toEqual([end(0), end(1), end(2)]);
    expect(store.read(1)).toEqual([end(1), end(2)]);
    expect(store.read(2)).toEqual([end(2)]);
    expect(store.read(3)).toEqual([]);
  });

  test(`${name}: refuses a gap and a repetition, and keeps the log as it was`, async () => {
    const store = await create();
    store.append([end(0)]);
    expect(() => store.append([end(2)])).toThrow(/sequence 2/);
    expect(() => store.append([end(0)])).toThrow(/sequence 0/);
    expect(() => store.append([end(1), end(3)])).toThrow(/sequence 3/);
    expect(store.read(0)).toEqual([end(0)]);
  });

  test(`${name}: keeps text of any kind and size`, async () => {
    const store = await create();
    const large = thought(0, "1.0", `${"ü€𝒳\u0000\n".repeat(200_000)}`);
    const batch = [
      large,
      ...Array.from({ length: 40 }, (_unused, index) => thought(index + 1, `2.${index}`, "x".repeat(100_000))),
    ];
    store.append(batch);
    expect(store.read(0)).toEqual(batch);
    expect(store.read(40)).toEqual(batch.slice(40));
  });
}

function end(sequence: number): SearchEvent {
  return { sequence, atMs: 1, type: "step-end", stepId: sequence, attempts: [] };
}

function thought(sequence: number, nodeId: string, text: string): SearchEvent {
  const content = { text, ending: "stop", model: "m", logprobSum: null, tokenCount: null } as const;
  return { sequence, atMs: 1, type: "thought-add", stepId: 1, nodeId, parentId: "0", thought: content };
}
