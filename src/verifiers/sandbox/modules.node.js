import { readFile } from "node:fs/promises";

const modules = new Map();

export function quickJsModule() {
  return compiled("quickjs.wasm");
}

export function microPythonModule() {
  return compiled("micropython.wasm");
}

function compiled(name) {
  if (!modules.has(name)) modules.set(name, compile(name));
  return modules.get(name);
}

async function compile(name) {
  return WebAssembly.compile(await readFile(new URL(name, import.meta.url)));
}
