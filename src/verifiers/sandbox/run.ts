/** Runs a candidate's programs, each run alone and all of them on one tank of fuel. */
export interface Sandbox {
  /** One after the other, never at once. Resolves whatever the program does. */
  run(request: SandboxRequest): Promise<Run>;
}

export interface SandboxRequest {
  readonly code: string;
  /** What the program reads as its standard input. */
  readonly input: string;
  /** What is asked of the world the program leaves behind; null asks for the program itself. */
  readonly probe: Probe | null;
}

export type Probe =
  /** Code whose value is wanted. */
  | { readonly type: "call"; readonly code: string }
  /** The body of an asynchronous function with an `assert` of its own: it holds when it comes to its end. */
  | { readonly type: "assertions"; readonly code: string };

export type Run =
  | {
      readonly type: "finished";
      readonly output: string;
      /** Of the probe, or of the program's last expression: as JSON; null where it is no JSON value. */
      readonly json: string | null;
      /** The same value as a program would print it; null for none at all. */
      readonly shown: string | null;
    }
  | { readonly type: "failed"; readonly fault: RunFault; readonly reason: string };

export type RunFault =
  /** The program threw, or its code is none. */
  | "exception"
  | "fuel"
  | "memory"
  | "stack"
  | "output"
  | "size"
  /** A promise that nothing settles. */
  | "pending"
  /** Of what the language has, the interpreter lacks something that the program uses, or may do so. */
  | "unsupported"
  /** The interpreter itself stopped. */
  | "trap";

export const OUT_OF_FUEL = "it ran too long";

export function failed(fault: RunFault, reason: string): Run {
  return { type: "failed", fault, reason };
}
