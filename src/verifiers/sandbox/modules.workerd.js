// The runtime compiles nothing from bytes: the bundler hands over compiled modules. Imported when first asked for, to
// keep them out of the start-up time.

export async function quickJsModule() {
  return (await import("./quickjs.wasm")).default;
}

export async function microPythonModule() {
  return (await import("./micropython.wasm")).default;
}
