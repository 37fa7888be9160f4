import type { SandboxLimits } from "./limits.ts";

/** What is used of the interpreter. */
export interface PythonExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly __indirect_function_table: { get(index: number): (...args: number[]) => number };
  emscripten_stack_init(): void;
  emscripten_stack_get_current(): number;
  _emscripten_stack_restore(pointer: number): void;
  setThrew(threw: number, value: number): void;
  __wasm_call_ctors(): void;
  malloc(bytes: number): number;
  mp_js_init(stackBytes: number, heapBytes: number): void;
  proxy_c_init(): void;
  mp_js_do_exec(source: number, length: number, result: number): void;
}

/** A function of the host that no program may reach, or more output than allowed. */
export class Refusal extends Error {
  readonly fault: "exception" | "output";
  constructor(fault: "exception" | "output", message: string) {
    super(message);
    this.fault = fault;
  }
}

/** Calls go through the host where they may throw (setjmp); the gauge does not see its work. */
const FUEL_PER_HOST_CALL = 20;
/** Emscripten's ENOENT: there are no files. */
const NO_ENTRY = -44;
const START_MS = Date.UTC(2026, 0, 1);

/** Thrown for C's longjmp, as Emscripten does; a value, since no error may look like it. */
const LONGJMP = Number.POSITIVE_INFINITY;

/** The functions that the interpreter is given: those it needs, and refusals for all that lead out of the sandbox. */
export function createPythonHost(module: WebAssembly.Module, limits: SandboxLimits) {
  let python: PythonExports | null = null;
  let takeFuel: (units: number) => void = () => undefined;
  const written: Uint8Array[] = [];
  let writtenBytes = 0;
  let ticksMs = 0;
  let chance = 1;

  const connected = (): PythonExports => {
    if (python === null) throw new Error("the interpreter calls before it is there");
    return python;
  };
  const view = (): DataView => new DataView(connected().memory.buffer);

  /** Calls back into the interpreter; a longjmp ends the call and is told by `setThrew`. */
  const invoke = (index: number, ...args: number[]): number => {
    const own = connected();
    const stack = own.emscripten_stack_get_current();
    takeFuel(FUEL_PER_HOST_CALL);
    try {
      return own.__indirect_function_table.get(index)(...args);
    } catch (error) {
      if (error !== LONGJMP) throw error;
      own._emscripten_stack_restore(stack);
      own.setThrew(1, 0);
      return 0;
    }
  };

  const functions: Readonly<Record<string, (...args: number[]) => number>> = {
    _emscripten_throw_longjmp: () => {
      throw LONGJMP;
    },
    emscripten_resize_heap: (bytes = 0) => {
      const { memory } = connected();
      if (bytes > 2 * limits.memoryBytes) return 0;
      memory.grow(Math.ceil((bytes - memory.buffer.byteLength) / 65_536));
      return 1;
    },
    fd_write: (_file = 0, parts = 0, count = 0, total = 0) => {
      let sum = 0;
      for (let part = 0; part < count; part++) {
        const [at, length] = [view().getUint32(parts + 8 * part, true), view().getUint32(parts + 8 * part + 4, true)];
        sum += length;
        writtenBytes += length;
        if (writtenBytes > limits.outputCharacters) throw new Refusal("output", "it printed too much");
        written.push(new Uint8Array(connected().memory.buffer.slice(at, at + length)));
      }
      view().setUint32(total, sum, true);
      return 0;
    },
    fd_read: (_file = 0, _parts = 0, _count = 0, total = 0) => {
      view().setUint32(total, 0, true);
      return 0;
    },
    fd_close: () => 0,
    fd_sync: () => 0,
    proxy_js_free_obj: () => 0,
    // xorshift32, and a clock that goes on whenever it is looked at: whoever waits comes to an end.
    mp_js_random_u32: () => {
      chance ^= chance << 13;
      chance ^= chance >>> 17;
      chance ^= chance << 5;
      return chance >>> 0;
    },
    mp_js_ticks_ms: () => ticksMs++,
    mp_js_time_ms: () => START_MS + ticksMs,
  };

  const imports: Record<string, Record<string, (...args: number[]) => number>> = {};
  for (const { module: from, name } of importsOf(module)) {
    const refuse = (): number => {
      throw new Refusal("exception", "it reached for the host");
    };
    const isFile = name.startsWith("__syscall");
    const given = name.startsWith("invoke_") ? invoke : (functions[name] ?? (isFile ? () => NO_ENTRY : refuse));
    const group = imports[from] ?? {};
    group[name] = given;
    imports[from] = group;
  }
  return {
    imports,
    connect: (own: PythonExports, take: (units: number) => void) => {
      python = own;
      takeFuel = take;
    },
    output: () => {
      const all = new Uint8Array(writtenBytes);
      let at = 0;
      for (const part of written) {
        all.set(part, at);
        at += part.length;
      }
      return new TextDecoder().decode(all);
    },
  };
}

/** Not every platform's types know of it. */
function importsOf(module: WebAssembly.Module): readonly { readonly module: string; readonly name: string }[] {
  const { imports } = WebAssembly.Module as unknown as {
    imports(module: WebAssembly.Module): { module: string; name: string }[];
  };
  return imports(module);
}
