import { readFileSync } from "node:fs";
import asc from "assemblyscript/asc";
import { describe, expect, test } from "vitest";
import { INTERPRETERS } from "../../../scripts/sandbox/build.ts";
import { meter } from "../../../scripts/sandbox/meter.ts";

test.each(INTERPRETERS)("$name is its package's, metered, byte for byte", ({ source, copy }) => {
  expect(Buffer.compare(readFileSync(copy), meter(readFileSync(source)))).toBe(0);
});

describe("the gauge", async () => {
  const source = `
    export function recurse(n: i32): void { if (n > 0) recurse(n - 1); }
    export function turn(n: i32): i32 { let sum = 0; while (n > 0) { sum += n; n--; } return sum; }
    export function fill(size: i32): void { memory.fill(0, 1, size); }
    export function copy(size: i32): void { memory.copy(0, 100000, size); }
    memory.grow(16);`;
  const { binary, error } = await asc.compileString(source, {
    runtime: "stub",
    optimizeLevel: 0,
    enable: ["bulk-memory"],
  });
  if (binary === null) throw error;

  function instance() {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(meter(binary ?? new Uint8Array())));
    const { fuel, ...functions } = exports as unknown as { fuel: { value: number } } & Record<
      string,
      (n: number) => number
    >;
    const used = (name: string, n: number): number => {
      const before = fuel.value;
      functions[name]?.(n);
      return before - fuel.value;
    };
    return { fuel, functions, used };
  }

  test("a call is one unit, and so is each turn of a loop: 1 + 10 calls; 1 call, 10 turns and the way out", () => {
    const { used } = instance();
    expect(used("recurse", 10)).toBe(11);
    expect(used("turn", 10)).toBe(12);
  });

  test("64 bytes in bulk are one unit: 1 call + 6400 / 64", () => {
    const { used } = instance();
    expect(used("fill", 6400)).toBe(101);
    expect(used("copy", 6400)).toBe(101);
  });

  test("results are those of the module without a gauge", () => {
    expect(instance().functions.turn?.(100)).toBe(5050);
  });

  test("an empty gauge traps at once, and goes on trapping until it is filled", () => {
    const { fuel, functions } = instance();
    fuel.value = 5;
    expect(() => functions.turn?.(100)).toThrow("unreachable");
    expect(fuel.value).toBe(-1);
    expect(() => functions.recurse?.(0)).toThrow("unreachable");
    fuel.value = 1;
    expect(() => functions.recurse?.(0)).not.toThrow();
  });

  test("an instruction it does not know is refused, not guessed", () => {
    const simd = Uint8Array.from([
      0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, 6, 1, 4, 0, 0xfd, 0, 0x0b,
    ]);
    expect(() => meter(simd)).toThrow("0xfd");
  });
});
