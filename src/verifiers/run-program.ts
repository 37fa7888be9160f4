import { codeOf, JAVASCRIPT_TAGS } from "./fenced-code.ts";
import { DEFAULT_LIMITS, openJavaScript, type Run, type SandboxLimits } from "./sandbox.ts";

/** What a candidate's program comes to. */
export type ProgramOutcome =
  /** Its answer, in one line. */
  { readonly type: "output"; readonly output: string } | { readonly type: "failure"; readonly reason: string };

/**
 * Program of thought (Chen et al. 2022): runs the program of a candidate's text. Its answer is the last line that it prints
 * and that is not empty; where it prints nothing, the value of its last expression. Never throws, and takes bounded work.
 */
export async function runProgram(text: string, limits: SandboxLimits = DEFAULT_LIMITS): Promise<ProgramOutcome> {
  const code = codeOf(text, JAVASCRIPT_TAGS);
  if (code.trim() === "") return { type: "failure", reason: "there is no program" };
  return outcomeOf(await openJavaScript(limits).run({ code, input: "", probe: null }));
}

function outcomeOf(run: Run): ProgramOutcome {
  if (run.type === "failed") return { type: "failure", reason: run.reason };
  const line = run.output.split("\n").findLast((one) => one.trim() !== "");
  const output = line?.trim() ?? run.shown;
  return output === null
    ? { type: "failure", reason: "it prints nothing, and its last expression has no value" }
    : { type: "output", output };
}
