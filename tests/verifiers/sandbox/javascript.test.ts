import { describe, expect, test } from "vitest";
import { DEFAULT_LIMITS, openJavaScript } from "../../../src/verifiers/sandbox.ts";
import { fuelMillionsFor, HOSTILE_JAVASCRIPT, program, TAMPERING } from "./hostile.ts";

const limitsFor = (fault: string) => ({ ...DEFAULT_LIMITS, fuel: fuelMillionsFor(fault) * 1_000_000 });

async function outcomeOf(code: string, input = "") {
  const run = await openJavaScript().run({ code, input, probe: null });
  return run.type === "finished" ? { output: run.output, json: run.json } : run;
}

async function call(code: string, expression: string) {
  const run = await openJavaScript().run(program(code, { type: "call", code: expression }));
  return run.type === "finished" ? run.json : run.reason;
}

describe("hostile programs", () => {
  test.each(HOSTILE_JAVASCRIPT)("$name ends with its fault: $fault", async ({ code, fault }) => {
    const run = await openJavaScript(limitsFor(fault)).run(program(code));
    expect(run).toMatchObject({ type: "failed", fault });
  });

  test("the default fuel is used up within seconds", async () => {
    for (const code of ["while (true) {}", "/^(a+)+$/.test('a'.repeat(50) + 'b')"]) {
      const startMs = performance.now();
      expect(await openJavaScript().run(program(code))).toMatchObject({ fault: "fuel" });
      expect(performance.now() - startMs).toBeLessThan(20_000);
    }
  });

  test("after any of them the next run of the same sandbox works, while there is fuel", async () => {
    for (const { code, fault } of HOSTILE_JAVASCRIPT) {
      if (fault === "fuel") continue;
      const sandbox = openJavaScript();
      await sandbox.run(program(code));
      expect(await sandbox.run(program("1 + 1"))).toMatchObject({ type: "finished", json: "2" });
    }
  });

  test("fuel is one tank for all runs of a sandbox", async () => {
    const sandbox = openJavaScript({ ...DEFAULT_LIMITS, fuel: 20_000_000 });
    expect(await sandbox.run(program("1 + 1"))).toMatchObject({ type: "finished" });
    expect(await sandbox.run(program("while (true) {}"))).toMatchObject({ fault: "fuel" });
    expect(await sandbox.run(program("1 + 1"))).toMatchObject({ fault: "fuel" });
  });

  test("a program longer than the limit is not even looked at", async () => {
    expect(await outcomeOf("1;".repeat(100_001))).toMatchObject({ fault: "size" });
  });

  test("a program ends at the same instruction in every run: one unit of fuel less and it never does", async () => {
    const outcome = async (fuel: number) =>
      (await openJavaScript({ ...DEFAULT_LIMITS, fuel }).run(program("[3, 1, 2].sort().join()"))).type;
    let [tooLittle, enough] = [0, 10_000_000];
    while (enough - tooLittle > 1) {
      const middle = Math.floor((tooLittle + enough) / 2);
      if ((await outcome(middle)) === "finished") enough = middle;
      else tooLittle = middle;
    }
    for (let again = 0; again < 3; again++) {
      expect([await outcome(tooLittle), await outcome(enough)]).toEqual(["failed", "finished"]);
    }
  });
});

describe("tampering", () => {
  test.each(TAMPERING)("with $name makes no wrong program pass", async ({ code, test: body }) => {
    const whole = `function f() { return 5 }\n${code}`;
    const run = await openJavaScript().run(program(whole, { type: "assertions", code: body }));
    expect(run).toMatchObject({ type: "failed", fault: "exception" });
  });

  test("a function sees neither who calls it nor the source of its test", async () => {
    const spy =
      "var seen; function f() { seen = String(f.caller) + String(arguments.callee.caller) + new Error().stack }";
    const body = "f(); assert(!seen.includes('secret'), seen) /* secret */";
    expect(await openJavaScript().run(program(spy, { type: "assertions", code: body }))).toMatchObject({
      type: "finished",
    });
  });

  test.each([
    "this.constructor.constructor('return process')().binding('fs')",
    "(() => {}).constructor('return globalThis.process.binding')().call()",
    "Error.prepareStackTrace = (_, frames) => frames; new Error().stack[0].getThis()",
  ])("no constructor chain leads to the host: %s", async (code) => {
    expect(await outcomeOf(code)).toMatchObject({ type: "failed", fault: "exception" });
  });
});

describe("the world of a program", () => {
  test("chance and time are the same in every run", async () => {
    const code = "[Math.random(), Date.now(), new Date().toISOString(), typeof Date(), performance.now()]";
    const first = await outcomeOf(code);
    expect(first).toMatchObject({ json: '[0.6270739405881613,1767225600000,"2026-01-01T00:00:00.000Z","string",0]' });
    expect(await outcomeOf(code)).toEqual(first);
  });

  test("timers wait in no time, in order of their due time", async () => {
    const code =
      "setTimeout(() => console.log('b', Date.now() % 10000), 2000); setTimeout(console.log, 1, 'a'); clearTimeout(setTimeout(() => console.log('never'), 0))";
    expect(await outcomeOf(code)).toMatchObject({ output: "a\nb 2000\n" });
  });

  test("standard input is there as lines and as a file", async () => {
    const code = "print(require('fs').readFileSync(0, 'utf8').length); print(readline(), readline(), readline())";
    expect(await outcomeOf(code, "one\ntwo\n")).toMatchObject({ output: "8\none two null\n" });
  });

  test("exports of a module are names that a test can use", async () => {
    expect(await call("export const add = (a, b) => a + b;", "add(1, 2)")).toBe("3");
    expect(await call("module.exports = { add: (a, b) => a + b };", "module.exports.add(1, 2)")).toBe("3");
  });

  test("asynchronous answers are waited for", async () => {
    const code = "async function f() { await new Promise((go) => setTimeout(go, 60_000)); return [1] }";
    expect(await call(code, "f()")).toBe("[1]");
    expect(await call("async function f() { throw new Error('no') }", "f()")).toBe("Error: no");
  });

  test("what classes and objects usually assign to, they may: frozen built-ins do not show through", async () => {
    const code = `class Fault extends Error { constructor() { super("m"); this.name = "Fault" } }
      function Old() {}
      Old.prototype.toString = function () { return "old" };
      const counts = {};
      for (const word of ["constructor", "toString", "valueOf", "hasOwnProperty", "a"]) counts[word] = 1;`;
    expect(await call(code, "[String(new Fault()), String(new Old()), Object.keys(counts).length]")).toBe(
      '["Fault: m","old",5]',
    );
  });

  test.each([
    ["NaN", "NaN"],
    ["[1, undefined]", "[1,null]"],
    ["new Map([[1, 2]])", "{}"],
    ["10n", "10n"],
    ["() => 1", "[Function]"],
  ])("%s is no JSON value, and is shown as %s", async (code, shown) => {
    expect(await openJavaScript().run(program(code))).toMatchObject({ json: null, shown });
  });

  test("a value's text is not what the program says of it but what it is", async () => {
    expect(await call("const x = { a: 1, b: undefined, toJSON() { return 3 } }; delete x.toJSON", "x")).toBe('{"a":1}');
    expect(await call("class Three { toJSON() { return 3 } }", "new Three()")).toBe("{}");
  });
});
