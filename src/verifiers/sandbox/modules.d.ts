/** Interpreters with a fuel gauge, compiled; the same module each time. */
export function quickJsModule(): Promise<WebAssembly.Module>;
export function microPythonModule(): Promise<WebAssembly.Module>;
