import { describe, expect, test } from "vitest";
import { DEFAULT_LIMITS, runPython } from "../../../src/verifiers/sandbox.ts";
import { fuelMillionsFor, HOSTILE_PYTHON } from "./hostile.ts";

async function printed(code: string) {
  const run = await runPython(code);
  return run.type === "finished" ? run.output.trimEnd() : `${run.fault}: ${run.reason}`;
}

describe("hostile programs", () => {
  test.each(HOSTILE_PYTHON)("$name ends with its fault: $fault", async ({ code, fault }) => {
    const limits = { ...DEFAULT_LIMITS, fuel: fuelMillionsFor(fault) * 1_000_000 };
    expect(await runPython(code, limits)).toMatchObject({ type: "failed", fault });
  });

  test("the default fuel is used up within seconds", async () => {
    const startMs = performance.now();
    expect(await runPython("while True: pass")).toMatchObject({ fault: "fuel" });
    expect(performance.now() - startMs).toBeLessThan(20_000);
  });

  test("what needs fuel stops for the lack of it, and not before", async () => {
    const code = "for i in range(10000): pass\nprint(i)";
    expect(await runPython(code, { ...DEFAULT_LIMITS, fuel: 10_000_000 })).toMatchObject({ output: "9999\n" });
    expect(await runPython(code, { ...DEFAULT_LIMITS, fuel: 1_000_000 })).toMatchObject({ fault: "fuel" });
  });
});

describe("what programs are used to", () => {
  test.each([
    ["print(2 ** 100, 7 // 2, -7 % 3, 10 / 4)", "1267650600228229401496703205376 3 2 2.5"],
    ["print(f'{3.14159:.2f}', 'a,b'.split(','), sorted({3, 1}), {'k': [1]})", "3.14 ['a', 'b'] [1, 3] {'k': [1]}"],
    [
      "import math\nprint(math.gcd(12, 18, 27), math.lcm(4, 6), math.isqrt(99), math.comb(5, 2), math.perm(5, 2))",
      "3 12 9 10 20",
    ],
    ["from math import sqrt, prod, factorial\nprint(sqrt(2), prod([2, 3]), factorial(5))", "1.4142135623730951 6 120"],
    [
      "import math\nprint(all(math.isqrt(n) ** 2 <= n < (math.isqrt(n) + 1) ** 2 for n in list(range(300)) + [10 ** 30]))",
      "True",
    ],
    [
      "from itertools import permutations\nprint(list(permutations('abc', 2)))",
      "[('a', 'b'), ('a', 'c'), ('b', 'a'), ('b', 'c'), ('c', 'a'), ('c', 'b')]",
    ],
    [
      "from itertools import combinations, product\nprint(list(combinations(range(3), 2)), len(list(product('ab', repeat=3))))",
      "[(0, 1), (0, 2), (1, 2)] 8",
    ],
    [
      "from itertools import combinations_with_replacement as c, count\nprint(list(c('ab', 2)), next(count(3)))",
      "[('a', 'a'), ('a', 'b'), ('b', 'b')] 3",
    ],
    [
      "from collections import Counter, defaultdict\nc = Counter('abca')\nprint(c['a'], c['z'], c.most_common(1))",
      "2 0 [('a', 2)]",
    ],
    [
      "from functools import lru_cache, cache\n@lru_cache(maxsize=None)\ndef f(n): return n if n < 2 else f(n-1) + f(n-2)\nprint(f(60))",
      "1548008755920",
    ],
    ["from typing import List, Optional\ndef f(x: List[int]) -> Optional[int]: return x[0]\nprint(f([3]))", "3"],
    ["if __name__ == '__main__':\n  print('main')", "main"],
    ["import sys\nprint(1)\nsys.exit(0)\nprint(2)", "1"],
    ["import json, re\nprint(json.dumps({'a': [1]}), re.match('a+', 'aab').group(0))", '{"a": [1]} aa'],
    ["print('日本', len('日本'))", "日本 2"],
  ])("%j", async (code, output) => {
    expect(await printed(code)).toBe(output);
  });

  test("chance and time are the same in every run, and a wait takes no time", async () => {
    const code = "import random, time\ntime.sleep(5)\nprint(random.random(), random.randint(1, 6), time.time())";
    // The same in workerd: tests/worker/sandbox.test.ts.
    expect(await printed("import random\nprint(random.randint(1, 6))")).toBe("5");
    expect(await printed(code)).toBe(await printed(code));
  });

  test("what fails is told in the program's own words", async () => {
    expect(await printed("def f():\n  raise ValueError('no')\nf()")).toBe("exception: ValueError: no");
    expect(await printed("from fractions import Fraction")).toBe(
      "unsupported: ImportError: no module named 'fractions'",
    );
    expect(await printed("match 1:\n  case 1: print(2)")).toBe("unsupported: SyntaxError: invalid syntax");
  });
});
