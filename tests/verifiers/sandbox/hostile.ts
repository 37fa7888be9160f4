import type { SandboxRequest } from "../../../src/verifiers/sandbox.ts";

/** Programs that a sandbox must survive, with what its report says; run in Node and inside workerd. */
export interface HostileProgram {
  readonly name: string;
  readonly code: string;
  readonly fault: string;
}

/** Less where it is meant to run out: the limits themselves are tested once, with the sandbox. */
export function fuelMillionsFor(fault: string): number {
  return fault === "fuel" ? 20 : 300;
}

export const HOSTILE_JAVASCRIPT: readonly HostileProgram[] = [
  { name: "an endless loop", code: "while (true) {}", fault: "fuel" },
  {
    name: "an endless loop inside one built-in call",
    code: "Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)",
    fault: "fuel",
  },
  { name: "a loop that catches everything", code: "for (;;) try { for (;;) null.x } catch {}", fault: "fuel" },
  {
    name: "exponential recursion",
    code: "(function f(n) { return n < 2 ? n : f(n - 1) + f(n - 2) })(60)",
    fault: "fuel",
  },
  { name: "a regular expression that backtracks", code: "/^(a+)+$/.test('a'.repeat(50) + 'b')", fault: "fuel" },
  { name: "big integers that grow", code: "let x = 3n; for (;;) x = x * x % (10n ** 2000n)", fault: "fuel" },
  {
    name: "endless copies of memory",
    code: "const bytes = new Uint8Array(4e6); for (;;) bytes.slice(0)",
    fault: "fuel",
  },
  { name: "microtasks without end", code: "(function f() { Promise.resolve().then(f) })()", fault: "fuel" },
  { name: "timers without end", code: "setInterval(() => {}, 1)", fault: "fuel" },
  { name: "a memory hog", code: "const hog = []; for (;;) hog.push(new Uint8Array(1e5))", fault: "memory" },
  { name: "one huge string", code: "'x'.repeat(5e8)", fault: "memory" },
  { name: "one huge buffer", code: "new ArrayBuffer(1e9)", fault: "memory" },
  { name: "deep recursion", code: "(function f() { return 1 + f() })()", fault: "stack" },
  {
    name: "deep recursion inside a built-in call",
    code: "let o = {}; for (let i = 0; i < 1e5; i++) o = { o }; JSON.stringify(o)",
    fault: "stack",
  },
  { name: "output without end", code: "for (;;) console.log('x'.repeat(1000))", fault: "output" },
  { name: "a request to the network", code: "fetch('https://example.com/')", fault: "exception" },
  { name: "an import from the network", code: "import('https://example.com/x.js')", fault: "exception" },
  { name: "a static import", code: "import x from 'node:child_process'; export const y = x", fault: "exception" },
  { name: "a module of the host", code: "require('node:net')", fault: "exception" },
  { name: "a file of the host", code: "require('fs').readFileSync('/etc/passwd')", fault: "exception" },
  { name: "the host's globals", code: "process.exit(0)", fault: "exception" },
  { name: "a promise that nothing settles", code: "new Promise(() => {})", fault: "pending" },
  { name: "an error that cannot be told", code: "throw { get message() { throw 1 } }", fault: "exception" },
  { name: "an error that never tells", code: "throw { get message() { for (;;); } }", fault: "fuel" },
  { name: "a global of the language, replaced", code: "function Promise() {}", fault: "exception" },
];

export const HOSTILE_PYTHON: readonly HostileProgram[] = [
  { name: "an endless loop", code: "while True: pass", fault: "fuel" },
  { name: "an endless loop that catches everything", code: "while True:\n  try: 1 / 0\n  except: pass", fault: "fuel" },
  { name: "a huge power", code: "9 ** 9 ** 9", fault: "fuel" },
  { name: "exponential recursion", code: "def f(n):\n  return f(n - 1) + f(n - 1) if n else 1\nf(90)", fault: "fuel" },
  { name: "a memory hog", code: "hog = []\nwhile True: hog.append([0] * 1000)", fault: "memory" },
  { name: "one huge string", code: "'x' * 500000000", fault: "memory" },
  { name: "deep recursion", code: "def f(): return 1 + f()\nf()", fault: "stack" },
  { name: "output without end", code: "while True: print('x' * 1000)", fault: "output" },
  { name: "a request to the network", code: "import js\njs.fetch('https://example.com/')", fault: "exception" },
  { name: "the host through its bridge", code: "import jsffi\njsffi.to_js({})", fault: "exception" },
  { name: "a socket", code: "import socket", fault: "unsupported" },
  { name: "a file of the host", code: "open('/etc/passwd').read()", fault: "exception" },
  { name: "an endless wait", code: "import time\nwhile True: time.sleep(1000)", fault: "fuel" },
  { name: "input that nobody gives", code: "input()", fault: "exception" },
  { name: "deep nesting", code: "eval('[' * 100000)", fault: "fuel" },
];

/**
 * Programs with a wrong `f` (it gives 5) that tamper with what a test relies on, each with a test that would believe it.
 * None may pass.
 */
export const TAMPERING: readonly { readonly name: string; readonly code: string; readonly test: string }[] = [
  {
    name: "JSON.stringify",
    code: "JSON.stringify = () => 'same'",
    test: "assert(JSON.stringify(f()) === JSON.stringify(3))",
  },
  {
    name: "toJSON of every object",
    code: "Object.prototype.toJSON = () => 0; Number.prototype.toJSON = () => 0",
    test: "assert(JSON.stringify([f()]) === JSON.stringify([3]))",
  },
  {
    name: "Array.prototype.every",
    code: "Array.prototype.every = () => true",
    test: "assert([3].every((x) => x === f()))",
  },
  {
    name: "Array.prototype.every, by definition",
    code: "try { Object.defineProperty(Array.prototype, 'every', { value: () => true }) } catch {}",
    test: "assert([3].every((x) => x === f()))",
  },
  { name: "assert", code: "globalThis.assert = () => {}; var assert = () => {}", test: "assert(f() === 3)" },
  { name: "assert.equal", code: "require('assert').equal = () => {}", test: "assert.equal(f(), 3)" },
  {
    name: "the promise",
    code: "Promise.prototype.then = function () { return this }; globalThis.Promise = class {}",
    test: "await Promise.resolve().then(() => assert.equal(f(), 3))",
  },
  {
    name: "Object.is",
    code: "Object.is = () => true; Object.keys = () => []; Reflect.ownKeys = () => []",
    test: "assert.strictEqual(f(), 3)",
  },
  {
    name: "what instances inherit",
    code: "Object.prototype.valueOf = Object.prototype.toString = () => 3; Object.setPrototypeOf(Number.prototype, null)",
    test: "assert(f() + '' === '3')",
  },
  {
    name: "an Array method through a test's own value",
    code: "function g(x) { Object.getPrototypeOf(x).includes = () => true; x.constructor.isArray = () => true }",
    test: "const seen = []; g(seen); assert(seen.includes(3))",
  },
  {
    name: "the iterator of arrays",
    code: "Object.getPrototypeOf([][Symbol.iterator]()).next = () => ({ done: true })",
    test: "let n = 0; for (const x of [1, 2]) n += x; assert(n === f() - 2 && n === 0)",
  },
];

export function program(code: string, probe: SandboxRequest["probe"] = null): SandboxRequest {
  return { code, input: "", probe };
}
