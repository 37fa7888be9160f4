import { sha256 } from "@noble/hashes/sha2.js";
import type { Cancel, Scheduler } from "./scheduler.ts";

/** What the code under test finds in the platform's global scope. */
export interface GlobalEffects {
  readonly scheduler: Scheduler;
  readonly fetch: typeof fetch;
}

/**
 * Puts virtual time, seeded chance and the simulated network where the platform's globals are, and returns what puts them
 * back. One world at a time: what is asked is answered for the host whose task is running.
 */
export function installGlobals({ scheduler, fetch }: GlobalEffects): () => void {
  const random = scheduler.random("crypto");
  const timers = new Map<number, Cancel>();
  let lastTimer = 0;

  const setTimer = (callback: (...args: unknown[]) => void, delayMs = 0, ...args: unknown[]): number => {
    const id = ++lastTimer;
    const run = (): void => {
      timers.delete(id);
      callback(...args);
    };
    timers.set(id, scheduler.schedule(delayMs, scheduler.current, run));
    return id;
  };
  const clearTimer = (id: number | undefined): void => {
    timers.get(id ?? 0)?.();
    timers.delete(id ?? 0);
  };
  const getRandomValues = <T extends ArrayBufferView>(array: T): T => {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    for (let index = 0; index < bytes.length; index++) bytes[index] = random.integer(256);
    return array;
  };
  const subtle = {
    digest: async (_algorithm: string, data: Uint8Array) => sha256(new Uint8Array(data)).buffer,
    timingSafeEqual: (a: Uint8Array, b: Uint8Array) => a.every((byte, index) => byte === b[index]),
  };
  const note = (...words: unknown[]): void =>
    scheduler.note(`${scheduler.current.name}: log: ${words.map(String).join(" ")}`);

  return replaceAll([
    [Date, "now", () => scheduler.nowMs + scheduler.current.clockSkewMs],
    [Math, "random", random.next],
    [globalThis, "setTimeout", setTimer],
    [globalThis, "clearTimeout", clearTimer],
    [globalThis, "fetch", fetch],
    [crypto, "getRandomValues", getRandomValues],
    [crypto, "randomUUID", () => uuidOf(getRandomValues(new Uint8Array(16)))],
    [crypto, "subtle", subtle],
    [console, "error", note],
    [console, "warn", note],
    [console, "info", note],
  ]);
}

function replaceAll(replacements: readonly (readonly [object, string, unknown])[]): () => void {
  const before = replacements.map(
    ([owner, name]) => [owner, name, Object.getOwnPropertyDescriptor(owner, name)] as const,
  );
  for (const [owner, name, value] of replacements) {
    Object.defineProperty(owner, name, { value, configurable: true, writable: true });
  }
  return () => {
    for (const [owner, name, descriptor] of before) {
      // Some are inherited: the own property that hid them goes.
      if (descriptor === undefined) Reflect.deleteProperty(owner, name);
      else Object.defineProperty(owner, name, descriptor);
    }
  };
}

function uuidOf(bytes: Uint8Array): string {
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}
