import { microPythonModule } from "#sandbox-modules";
import { gaugeOf } from "./gauge.ts";
import { DEFAULT_LIMITS, type SandboxLimits } from "./limits.ts";
import { createPythonHost, type PythonExports, Refusal } from "./micropython-host.ts";
import { PYTHON_PRELUDE } from "./python-prelude.ts";
import { failed, OUT_OF_FUEL, type Run } from "./run.ts";

/**
 * Runs a Python program: MicroPython in WebAssembly, in an instance of its own for each run. Not its JavaScript, which gives
 * programs the host's global object: the few functions it needs of a host are here, and all others refuse.
 *
 * MicroPython is not CPython: parts of the standard library are missing, and nothing is freed while a program runs. What
 * fails here for that is `unsupported` or `memory`, and says nothing about the program.
 */
export async function runPython(code: string, limits: SandboxLimits = DEFAULT_LIMITS): Promise<Run> {
  if (code.length > limits.codeCharacters) return failed("size", "the program is too long");
  const module = await microPythonModule();
  const host = createPythonHost(module, limits);
  const { exports } = new WebAssembly.Instance(module, host.imports);
  const python = exports as unknown as PythonExports;
  const gauge = gaugeOf(exports);
  host.connect(python, gauge.take);
  try {
    python.emscripten_stack_init();
    python.__wasm_call_ctors();
    python.mp_js_init(PYTHON_STACK_BYTES, Math.floor(limits.memoryBytes / 2));
    python.proxy_c_init();
    execute(python, PYTHON_PRELUDE);
    gauge.fill(limits.fuel);
    const error = execute(python, code);
    const failure = error === null ? null : failureOf(error);
    return failure ?? { type: "finished", output: host.output(), json: null, shown: null };
  } catch (error) {
    if (gauge.isEmpty()) return failed("fuel", OUT_OF_FUEL);
    if (error instanceof Refusal) return failed(error.fault, error.message);
    if (error instanceof RangeError) return failed("stack", "it recursed too deep");
    return failed("trap", "it broke the interpreter");
  }
}

/** Of the interpreter's own stack of calls. */
const PYTHON_STACK_BYTES = 64 * 1024;
/** The error's text, "ValueError\x04Traceback ..."; null where there is none. */
function execute(python: PythonExports, code: string): string | null {
  const source = new TextEncoder().encode(code);
  const at = python.malloc(source.length + 1);
  const result = python.malloc(12);
  if (at === 0 || result === 0) return "MemoryError\x04";
  const bytes = new Uint8Array(python.memory.buffer);
  bytes.set(source, at);
  bytes[at + source.length] = 0;
  python.mp_js_do_exec(at, source.length, result);
  const view = new DataView(python.memory.buffer);
  if (view.getInt32(result, true) !== -1) return null;
  const [length, text] = [view.getUint32(result + 4, true), view.getUint32(result + 8, true)];
  return new TextDecoder().decode(new Uint8Array(python.memory.buffer, text, length));
}

/** Null for a program that ends itself, and well. */
function failureOf(error: string): Run | null {
  const [type = "", trace = ""] = error.split("\x04");
  const reason = (trace.trimEnd().split("\n").at(-1) ?? type).slice(0, 200);
  if (/^SystemExit(?:: (?:0|None))?$/.test(reason)) return null;
  if (type === "MemoryError") return failed("memory", "it used too much memory");
  if (/maximum recursion depth/.test(reason)) return failed("stack", "it recursed too deep");
  const isOurs = ["ImportError", "AttributeError", "SyntaxError", "NotImplementedError"].includes(type);
  return failed(isOurs ? "unsupported" : "exception", reason);
}
