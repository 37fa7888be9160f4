/**
 * The first script of every run, in the guest's language. It makes the world of a program deterministic, gives it a few
 * of the things that programs are used to, and then freezes every built-in object and locks its global name, so that
 * nothing a program does changes what the tests after it stand on.
 *
 * Its value is the harness: functions that only the host holds. They use nothing a program could have replaced.
 *
 * Inherited properties of Object, Function and Error stay assignable on what inherits them (`this.name = ...` in a class
 * that extends Error), as in SES's lockdown: frozen data properties would forbid it.
 */
export const PRELUDE = String.raw`
(function (input, seed, maxOutputCharacters) {
  "use strict";
  const START = Date.UTC(2026, 0, 1);
  let clock = START;

  // Chance: mulberry32.
  let state = seed | 0;
  Math.random = function random() {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };

  // Time: stands still but for timers, which wait in no time at all.
  const NativeDate = Date;
  function FixedDate(...parts) {
    if (!new.target) return new NativeDate(clock).toString();
    return Reflect.construct(NativeDate, parts.length === 0 ? [clock] : parts, new.target);
  }
  FixedDate.prototype = NativeDate.prototype;
  FixedDate.prototype.constructor = FixedDate;
  FixedDate.now = () => clock;
  FixedDate.parse = NativeDate.parse;
  FixedDate.UTC = NativeDate.UTC;
  Object.defineProperty(FixedDate, "name", { value: "Date" });
  globalThis.Date = FixedDate;

  const timers = new Map();
  let lastTimer = 0;
  function addTimer(act, delay, args, isRepeated) {
    if (typeof act !== "function") throw new TypeError("a timer takes a function");
    const wait = Math.max(Number(delay) || 0, isRepeated ? 1 : 0);
    timers.set(++lastTimer, { act, args, at: clock + wait, wait: isRepeated ? wait : null });
    return lastTimer;
  }
  function runTimer() {
    let first = null;
    for (const [id, timer] of timers) if (first === null || timer.at < first.timer.at) first = { id, timer };
    if (first === null) return false;
    const { id, timer } = first;
    clock = timer.at;
    timers.delete(id);
    if (timer.wait !== null) timers.set(id, { ...timer, at: clock + timer.wait });
    timer.act(...timer.args);
    return true;
  }

  // Output and input.
  let output = "";
  let isTooLong = false;
  function write(text) {
    if (output.length + text.length <= maxOutputCharacters) output += text;
    else {
      isTooLong = true;
      throw new RangeError("the output is too long");
    }
  }
  function textOf(value) {
    if (typeof value === "string") return value;
    if (typeof value === "bigint") return value + "n";
    if (typeof value === "function") return "[Function]";
    if (value instanceof Error) return String(value);
    if (typeof value !== "object" || value === null) return String(value);
    try {
      return JSON.stringify(value) ?? String(value);
    } catch {
      return Object.prototype.toString.call(value);
    }
  }
  const print = (...values) => write(values.map(textOf).join(" ") + "\n");
  const silent = () => undefined;
  let lines = input.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const readline = () => lines.shift() ?? null;
  const fs = {
    readFileSync(path) {
      if (path === 0 || path === "/dev/stdin") return input;
      throw new Error("there are no files here");
    },
  };
  fs.default = fs;

  // Assertions, for tests.
  class AssertionError extends Error {
    constructor(message) {
      super(message);
      this.name = "AssertionError";
    }
  }
  function show(value) {
    const text = typeof value === "string" ? JSON.stringify(value) : textOf(value);
    return text.length > 60 ? text.slice(0, 60) + "…" : text;
  }
  function check(holds, message, standard) {
    if (holds) return;
    if (message instanceof Error) throw message;
    throw new AssertionError(message === undefined ? standard() : String(message));
  }
  function isDeepEqual(a, b, depth) {
    if (Object.is(a, b) || (a === 0 && b === 0)) return true;
    if (typeof a !== "object" || typeof b !== "object" || a === null || b === null || depth > 100) return false;
    if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
    if (a instanceof NativeDate && a.getTime() !== b.getTime()) return false;
    if (a instanceof RegExp && String(a) !== String(b)) return false;
    if (a instanceof Map || a instanceof Set) {
      if (a.size !== b.size) return false;
      for (const one of a instanceof Map ? a.entries() : a.values()) {
        const [key, value] = a instanceof Map ? one : [one, one];
        if (!b.has(key) || (a instanceof Map && !isDeepEqual(value, b.get(key), depth + 1))) return false;
      }
    }
    if (Array.isArray(a) && a.length !== b.length) return false;
    const keys = Object.keys(a);
    if (keys.length !== Object.keys(b).length) return false;
    return keys.every((key) => Object.hasOwn(b, key) && isDeepEqual(a[key], b[key], depth + 1));
  }
  const assert = (value, message) => check(value, message, () => "it does not hold: " + show(value));
  assert.ok = (value, message) => assert(value, message);
  assert.equal = (a, b, message) => check(a == b, message, () => show(a) + " is not " + show(b));
  assert.notEqual = (a, b, message) => check(a != b, message, () => show(a) + " is " + show(b));
  assert.strictEqual = (a, b, message) => check(Object.is(a, b), message, () => show(a) + " is not " + show(b));
  assert.notStrictEqual = (a, b, message) => check(!Object.is(a, b), message, () => show(a) + " is " + show(b));
  assert.deepEqual = (a, b, message) =>
    check(isDeepEqual(a, b, 0), message, () => show(a) + " is not deeply " + show(b));
  assert.deepStrictEqual = assert.deepEqual;
  assert.notDeepEqual = (a, b, message) => check(!isDeepEqual(a, b, 0), message, () => show(a) + " is " + show(b));
  assert.notDeepStrictEqual = assert.notDeepEqual;
  assert.throws = (act, expected, message) => {
    let thrown = null;
    try {
      act();
    } catch (error) {
      thrown = { error };
    }
    check(thrown !== null, message, () => "nothing was thrown");
    if (typeof expected === "function" && expected.prototype !== undefined) {
      check(thrown.error instanceof expected, message, () => "another error was thrown: " + explain(thrown.error));
    }
    if (expected instanceof RegExp) {
      check(expected.test(explain(thrown.error)), message, () => "another error: " + explain(thrown.error));
    }
  };

  // What the host is told of values. The text never comes from a function of the program's own.
  class Unspeakable extends Error {}
  function plain(value, depth) {
    if (depth > 100) throw new Unspeakable("a value nested too deep");
    if (value === null || typeof value === "boolean" || typeof value === "string") return value;
    if (typeof value === "number" && Number.isFinite(value)) return value;
    if (typeof value !== "object") throw new Unspeakable(typeof value === "function" ? "a function" : textOf(value));
    if (value instanceof NativeDate) return NativeDate.prototype.toISOString.call(value);
    if (Array.isArray(value) || ArrayBuffer.isView(value)) {
      const items = [];
      const { length } = value;
      if (!(length <= maxOutputCharacters)) throw new Unspeakable("a value too large");
      for (let index = 0; index < length; index++) define(items, index, plain(value[index], depth + 1));
      return items;
    }
    const kind = Object.prototype.toString.call(value);
    if (kind !== "[object Object]") throw new Unspeakable(kind.slice(8, -1));
    const copy = Object.create(null);
    for (const key of Object.keys(value)) {
      const own = value[key];
      if (own !== undefined) define(copy, key, plain(own, depth + 1));
    }
    return copy;
  }
  function define(target, key, value) {
    const descriptor = Object.create(null);
    descriptor.value = value;
    descriptor.enumerable = descriptor.writable = descriptor.configurable = true;
    Object.defineProperty(target, key, descriptor);
  }
  function explain(error) {
    try {
      if (typeof error !== "object" || error === null) return "it threw " + show(error);
      const text = String(error.name ?? "Error") + ": " + String(error.message ?? "");
      return text.length > 200 ? text.slice(0, 200) + "…" : text;
    } catch {
      return "an error that cannot be told";
    }
  }

  const modules = {
    fs,
    assert,
    "assert/strict": assert,
    __proto__: null,
  };
  const offered = {
    console: { log: print, info: print, debug: print, warn: silent, error: silent, assert },
    print,
    readline,
    performance: { now: () => clock - START },
    process: { stdout: { write: (text) => (write(String(text)), true) }, argv: ["node", "candidate.js"], env: {} },
    module: { exports: {} },
    exports: {},
    require: (name) => {
      const found = modules[String(name).replace(/^node:/, "")];
      if (found === undefined) throw new Error("there is no module " + show(name) + " here");
      return found;
    },
    setTimeout: (act, delay, ...args) => addTimer(act, delay, args, false),
    setInterval: (act, delay, ...args) => addTimer(act, delay, args, true),
    setImmediate: (act, ...args) => addTimer(act, 0, args, false),
    clearTimeout: (id) => void timers.delete(id),
    clearInterval: (id) => void timers.delete(id),
    queueMicrotask: (act) => void Promise.resolve().then(act),
  };
  offered.exports = offered.module.exports;

  lockDown();
  // Ours a program may hide behind names of its own: no test is decided by them.
  for (const name of Object.keys(offered)) define(globalThis, name, offered[name]);

  const harness = {
    explain,
    runTimer,
    speak: (value) => {
      const text = JSON.stringify(plain(value, 0));
      if (text.length > maxOutputCharacters) throw new Unspeakable("a value too large");
      return text;
    },
    show: textOf,
    written: () => output,
    isOutputTooLong: () => isTooLong,
    publish: (names) => {
      for (const name of Object.keys(names)) define(globalThis, name, names[name]);
    },
    assert,
  };
  return harness;

  function lockDown() {
    const sample = [
      function* () {},
      async () => {},
      async function* () {},
      [][Symbol.iterator](),
      new Map()[Symbol.iterator](),
      new Set()[Symbol.iterator](),
      ""[Symbol.iterator](),
      "".matchAll(/x/g),
      [].values().map((x) => x),
    ].map(Object.getPrototypeOf);
    const found = new Set();
    const queue = [...sample, assert, AssertionError, Unspeakable];
    const names = Object.getOwnPropertyNames(globalThis);
    for (const name of names) if (name !== "globalThis") queue.push(globalThis[name]);
    while (queue.length > 0) {
      const one = queue.pop();
      if ((typeof one !== "object" && typeof one !== "function") || one === null) continue;
      if (found.has(one) || one === globalThis) continue;
      found.add(one);
      queue.push(Object.getPrototypeOf(one));
      for (const key of Reflect.ownKeys(one)) {
        const property = Object.getOwnPropertyDescriptor(one, key);
        queue.push(property.value, property.get, property.set);
      }
    }
    const inherited = [Object.prototype, Function.prototype];
    for (const one of found) if (one === Error.prototype || one instanceof Error) inherited.push(one);
    for (const holder of inherited) for (const key of Reflect.ownKeys(holder)) allowOverride(holder, key);
    for (const one of found) if (!ArrayBuffer.isView(one)) Object.freeze(one);
    for (const name of names) {
      if (name === "escape" || name === "unescape" || name === "globalThis") continue;
      Object.defineProperty(globalThis, name, { writable: false, configurable: false });
    }
  }

  function allowOverride(holder, key) {
    const property = Object.getOwnPropertyDescriptor(holder, key);
    if (!property.writable || !property.configurable) return;
    const { value, enumerable } = property;
    const get = () => value;
    function set(next) {
      if (this === holder) throw new TypeError("built-in objects are frozen here: " + String(key));
      define(this, key, next);
    }
    Object.freeze(get);
    Object.freeze(set);
    Object.defineProperty(holder, key, { get, set, enumerable, configurable: false });
  }
})
`;
