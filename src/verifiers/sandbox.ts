/**
 * Where candidates' programs run. See `sandbox/`: `run.ts` is the contract, `limits.ts` what a program may use, `quickjs.ts`
 * and `micropython.ts` the interpreters, `prelude.ts` the world a program finds itself in.
 */
export { DEFAULT_LIMITS, type SandboxLimits } from "./sandbox/limits.ts";
export { runPython } from "./sandbox/micropython.ts";
export { openJavaScript } from "./sandbox/quickjs.ts";
export type { Probe, Run, Sandbox, SandboxRequest } from "./sandbox/run.ts";
