import loadEmscripten from "@jitl/quickjs-wasmfile-release-sync/emscripten-module";
import { QuickJSFFI } from "@jitl/quickjs-wasmfile-release-sync/ffi";
import { newQuickJSWASMModuleFromVariant, type QuickJSWASMModule } from "quickjs-emscripten-core";
import { quickJsModule } from "#sandbox-modules";
import { type Gauge, gaugeOf } from "./gauge.ts";
import { createGuest } from "./guest.ts";
import { DEFAULT_LIMITS, type SandboxLimits } from "./limits.ts";
import { failed, OUT_OF_FUEL, type Run, type Sandbox } from "./run.ts";

/**
 * A sandbox for JavaScript: QuickJS in WebAssembly, in an instance of its own. The guest has no function of the host at
 * all: what it prints it keeps, and the host reads it afterwards. Each run has a fresh runtime; a trap (fuel used up, the
 * host's stack exhausted) leaves an instance in pieces, so the next run gets a new one.
 */
export function openJavaScript(limits: SandboxLimits = DEFAULT_LIMITS): Sandbox {
  let fuel = limits.fuel;
  let instance: Instance | null = null;
  return {
    run: async (request) => {
      if (request.code.length > limits.codeCharacters) return failed("size", "the program is too long");
      if (fuel <= 0) return failed("fuel", OUT_OF_FUEL);
      instance ??= await createInstance();
      const { quickJs, gauge } = instance;
      let run: Run | null = null;
      try {
        // Setting up and clearing up are ours: what is left for a candidate does not depend on how many tests there are.
        gauge.fill(FUEL_OF_OURS);
        const guest = createGuest(quickJs, gauge, limits, request.input);
        gauge.fill(fuel);
        run = guest.run(request);
        fuel = gauge.left();
        gauge.fill(FUEL_OF_OURS);
        guest.close();
      } catch (error) {
        instance = null;
        // A program that came to its end is judged by it, whatever clearing up after it does.
        if (run !== null) return run;
        fuel = gauge.left();
        run = gauge.isEmpty() ? failed("fuel", OUT_OF_FUEL) : trap(error);
      }
      return run;
    },
  };
}

/** Far more than a prelude takes. */
const FUEL_OF_OURS = 100_000_000;

interface Instance {
  readonly quickJs: QuickJSWASMModule;
  readonly gauge: Gauge;
}

async function createInstance(): Promise<Instance> {
  const module = await quickJsModule();
  let exports: WebAssembly.Instance["exports"] = {};
  const quickJs = await newQuickJSWASMModuleFromVariant({
    type: "sync",
    importFFI: async () => QuickJSFFI,
    importModuleLoader: async () => () =>
      loadEmscripten({
        instantiateWasm: (imports, onSuccess) => {
          const instance = new WebAssembly.Instance(module, imports);
          exports = instance.exports;
          onSuccess(instance);
          return exports as WebAssembly.Exports;
        },
      }),
  });
  return { quickJs, gauge: gaugeOf(exports) };
}

function trap(error: unknown): Run {
  // The guest's own stack has a limit; some recursion inside the interpreter takes more of the host's than of its own.
  if (error instanceof RangeError) return failed("stack", "it recursed too deep");
  return failed("trap", "it broke the interpreter");
}
