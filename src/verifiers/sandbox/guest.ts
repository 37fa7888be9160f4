import { type QuickJSHandle, type QuickJSWASMModule, Scope } from "quickjs-emscripten-core";
import type { Gauge } from "./gauge.ts";
import type { SandboxLimits } from "./limits.ts";
import { PRELUDE } from "./prelude.ts";
import { failed, type Run, type SandboxRequest } from "./run.ts";

/** Random numbers start here in every run. */
const SEED = 1;
/** A turn of the timers goes through the host, whose work the gauge does not see. */
const FUEL_PER_TIMER = 10_000;

export interface Guest {
  run(request: SandboxRequest): Run;
  /** Frees what it holds of the instance. Not after a trap: freeing what is broken breaks the next thing. */
  close(): void;
}

type Evaluation =
  | { readonly type: "value"; readonly handle: QuickJSHandle }
  | { readonly type: "error"; readonly handle: QuickJSHandle }
  | { readonly type: "pending" };

/** A fresh runtime for one run. All its functions throw where the instance traps. */
export function createGuest(quickJs: QuickJSWASMModule, gauge: Gauge, limits: SandboxLimits, input: string): Guest {
  const scope = new Scope();
  const runtime = scope.manage(
    quickJs.newRuntime({ memoryLimitBytes: limits.memoryBytes, maxStackSizeBytes: limits.stackBytes }),
  );
  const context = scope.manage(runtime.newContext());
  const harness = openHarness();
  return { run, close: () => scope.dispose() };

  function run(request: SandboxRequest): Run {
    const program = settle(evaluateProgram(request.code));
    if (program.type !== "value") return report(program);
    const { probe } = request;
    const answer = probe === null ? program : settle(evaluateProbe(probe));
    if (answer.type !== "value") return report(answer);
    if (probe === null) settle({ type: "pending" });
    if (isTrue(ask("isOutputTooLong"))) return failed("output", "it printed too much");
    const { handle } = answer;
    return {
      type: "finished",
      output: text(ask("written")) ?? "",
      json: text(ask("speak", handle)),
      shown: context.typeof(handle) === "undefined" ? null : text(ask("show", handle)),
    };
  }

  function openHarness(): QuickJSHandle {
    const prelude = evaluation(context.evalCode(PRELUDE, "prelude.js"));
    if (prelude.type !== "value") throw new Error("the prelude does not parse");
    const start = [input, SEED, limits.outputCharacters].map((one) =>
      scope.manage(typeof one === "string" ? context.newString(one) : context.newNumber(one)),
    );
    const harness = evaluation(context.callFunction(prelude.handle, context.undefined, start));
    if (harness.type !== "value") throw new Error(`the prelude fails: ${JSON.stringify(harness)}`);
    return harness.handle;
  }

  function evaluateProgram(code: string): Evaluation {
    // What has a top-level export or import is a module; its exports become names that tests can use.
    if (!/^\s*(?:export|import)\b(?!\s*\()/m.test(code)) return evaluation(context.evalCode(code, "candidate.js"));
    const names = settle(evaluation(context.evalCode(code, "candidate.js", { type: "module" })));
    if (names.type === "value") ask("publish", names.handle);
    return names.type === "value" ? { type: "value", handle: context.undefined } : names;
  }

  function evaluateProbe(probe: { readonly type: string; readonly code: string }): Evaluation {
    if (probe.type === "call") return evaluation(context.evalCode(probe.code, "test.js"));
    const body = evaluation(context.evalCode(`(async (assert) => {${probe.code}\n})`, "test.js"));
    if (body.type !== "value") return body;
    const assert = scope.manage(context.getProp(harness, "assert"));
    return evaluation(context.callFunction(body.handle, context.undefined, assert));
  }

  /** Lets promises and timers run until the value is settled; for a pending one until there are none left. */
  function settle(start: Evaluation): Evaluation {
    if (start.type === "error") return start;
    for (;;) {
      const jobs = runtime.executePendingJobs();
      if (jobs.error !== undefined) scope.manage(jobs.error);
      if (start.type === "value") {
        const state = context.getPromiseState(start.handle);
        if (state.type === "fulfilled") return { type: "value", handle: scope.manage(state.value) };
        if (state.type === "rejected") return { type: "error", handle: scope.manage(state.error) };
      }
      gauge.take(FUEL_PER_TIMER);
      const timer = ask("runTimer");
      if (timer.type === "error") return timer;
      if (!isTrue(timer)) return { type: "pending" };
    }
  }

  function report(evaluated: Evaluation): Run {
    if (isTrue(ask("isOutputTooLong"))) return failed("output", "it printed too much");
    if (evaluated.type !== "error") return failed("pending", "it waits for a promise that nothing settles");
    // Where memory is used up not even the error can be told.
    const reason = text(ask("explain", evaluated.handle)) ?? "InternalError: out of memory";
    if (reason === "InternalError: out of memory") return failed("memory", "it used too much memory");
    if (reason === "InternalError: stack overflow") return failed("stack", "it recursed too deep");
    return failed("exception", reason);
  }

  function ask(name: string, ...values: QuickJSHandle[]): Evaluation {
    const method = scope.manage(context.getProp(harness, name));
    return evaluation(context.callFunction(method, context.undefined, ...values));
  }

  function evaluation(result: { error?: QuickJSHandle | undefined; value?: QuickJSHandle }): Evaluation {
    if (result.error !== undefined) return { type: "error", handle: scope.manage(result.error) };
    return { type: "value", handle: scope.manage(result.value ?? context.undefined) };
  }

  function text(evaluated: Evaluation): string | null {
    const isText = evaluated.type === "value" && context.typeof(evaluated.handle) === "string";
    return isText ? context.getString(evaluated.handle) : null;
  }

  function isTrue(evaluated: Evaluation): boolean {
    return evaluated.type === "value" && context.dump(evaluated.handle) === true;
  }
}
