import { JAVASCRIPT_TAGS, lastBlock, PYTHON_TAGS } from "./fenced-code.ts";
import { DEFAULT_LIMITS, openJavaScript, type Run, runPython, type SandboxLimits } from "./sandbox.ts";

export const LANGUAGES = ["javascript", "python"] as const;
export type Language = (typeof LANGUAGES)[number];

/** What a candidate's program comes to. */
export type ProgramOutcome = {
  /** Python runs on MicroPython: what it says is right nearly always, and not for certain. */
  readonly language: Language;
} & (
  | {
      readonly type: "output";
      /** Its answer, in one line. */
      readonly output: string;
    }
  | {
      readonly type: "failure";
      readonly reason: string;
      /** It uses what the interpreter lacks: nothing is known about the program. */
      readonly isUnsupported: boolean;
    }
);

/**
 * Program of thought (Chen et al. 2022): runs the program of a candidate's text. Its answer is the last line that it prints
 * and that is not empty; in JavaScript, where it prints nothing, the value of its last expression. The language is that of the
 * fence's tag where none is asked for, and JavaScript without a tag. Never throws, and takes bounded work.
 */
export async function runProgram(
  text: string,
  asked: Language | null = null,
  limits: SandboxLimits = DEFAULT_LIMITS,
): Promise<ProgramOutcome> {
  const tags = { javascript: JAVASCRIPT_TAGS, python: PYTHON_TAGS };
  const { code, tag } = lastBlock(text, asked === null ? [...JAVASCRIPT_TAGS, ...PYTHON_TAGS] : tags[asked]);
  const language = asked ?? (PYTHON_TAGS.includes(tag) ? "python" : "javascript");
  const fail = (reason: string, isUnsupported = false): ProgramOutcome => {
    return { language, type: "failure", reason, isUnsupported };
  };
  if (code.trim() === "") return fail("there is no program");
  const run = await (language === "python" ? runPython(code, limits) : runJavaScript(code, limits));
  if (run.type === "failed") return fail(run.reason, run.fault === "unsupported");
  const line = run.output.split("\n").findLast((one) => one.trim() !== "");
  const output = line?.trim() ?? run.shown;
  if (output === null) return fail("it prints nothing, and its last expression has no value");
  return { language, type: "output", output };
}

function runJavaScript(code: string, limits: SandboxLimits): Promise<Run> {
  return openJavaScript(limits).run({ code, input: "", probe: null });
}
