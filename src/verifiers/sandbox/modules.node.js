import { readFile } from "node:fs/promises";

let quickJs = null;

export function quickJsModule() {
  quickJs ??= compile("quickjs.wasm");
  return quickJs;
}

async function compile(name) {
  return WebAssembly.compile(await readFile(new URL(name, import.meta.url)));
}
