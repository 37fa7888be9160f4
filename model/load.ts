import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createEngine, type Engine } from "./engine.ts";
import { type Model, modelFromGguf } from "./model-file.ts";

/** The committed model. */
export const ESPALIER_24_GGUF = fileURLToPath(new URL("./espalier-24.gguf", import.meta.url));

/** Reads a GGUF file of the documented subset; throws GgufError with the reason for others. */
export function loadModel(path: string = ESPALIER_24_GGUF): Model {
  return modelFromGguf(readFileSync(path));
}

/** An engine with `slots` sequences on the compiled kernels. */
export function loadEngine(model: Model, slots: number): Engine {
  const kernels = readFileSync(new URL("./kernels/inference.wasm", import.meta.url));
  return createEngine(model, new WebAssembly.Module(kernels), { slots });
}
