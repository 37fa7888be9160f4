import { parse } from "acorn";
import { z } from "zod";
import type { Run, Sandbox } from "../sandbox.ts";
import { isEqualJson } from "./equality.ts";

const MAX_TESTS = 100;
const MAX_CODE_CHARACTERS = 10_000;
const MAX_TEXT_CHARACTERS = 64 * 1024;

const source = z.string().min(1).max(MAX_CODE_CHARACTERS);
const text = z.string().max(MAX_TEXT_CHARACTERS);

/**
 * One test of a program, in one of three forms: an expression with the JSON value it must have, code that must come to its
 * end, or what the program prints when it reads an input. Parsed here, so that a test that is none is the request's fault
 * and not the candidates'.
 */
const test = z
  .strictObject({
    call: source.optional(),
    expect: z.unknown().optional(),
    code: source.optional(),
    input: text.optional(),
    output: text.optional(),
  })
  .superRefine((one, context) => {
    const say = (path: string[], message: string) => context.addIssue({ code: "custom", path, message });
    const forms = [one.call !== undefined, one.code !== undefined, one.output !== undefined].filter(Boolean);
    if (forms.length !== 1) return say([], "a test has either `call` and `expect`, or `code`, or `input` and `output`");
    if (one.call !== undefined && one.expect === undefined) say(["expect"], "what `call` must give is missing");
    if (one.call === undefined && one.expect !== undefined) say(["expect"], "it goes with `call`");
    if (one.output === undefined && one.input !== undefined) say(["input"], "it goes with `output`");
    for (const key of ["call", "code"] as const) {
      const fault = one[key] === undefined ? null : syntaxFault(one[key], key === "code");
      if (fault !== null) say([key], `it does not parse: ${fault}`);
    }
  });

export const tests = z.array(test).min(1).max(MAX_TESTS);
export type UnitTest = z.infer<typeof test>;

/** Null where the test holds, else why not. */
export async function runTest(sandbox: Sandbox, code: string, one: UnitTest): Promise<string | null> {
  if (one.call !== undefined) {
    const run = await sandbox.run({ code, input: "", probe: { type: "call", code: one.call } });
    return faultOf(run, ({ json, shown }) => {
      if (json !== null && isEqualJson(JSON.parse(json), one.expect)) return null;
      return `${shorten(one.call ?? "")} gave ${shorten(json ?? shown ?? "nothing")}, not ${shorten(JSON.stringify(one.expect))}`;
    });
  }
  if (one.code !== undefined) {
    const run = await sandbox.run({ code, input: "", probe: { type: "assertions", code: one.code } });
    return faultOf(run, () => null);
  }
  const run = await sandbox.run({ code, input: one.input ?? "", probe: null });
  return faultOf(run, ({ output }) => {
    const [printed, wanted] = [withoutTrailingSpace(output), withoutTrailingSpace(one.output ?? "")];
    return printed === wanted
      ? null
      : `it printed ${shorten(JSON.stringify(printed))}, not ${shorten(JSON.stringify(wanted))}`;
  });
}

function faultOf(run: Run, judge: (run: Extract<Run, { type: "finished" }>) => string | null): string | null {
  return run.type === "failed" ? run.reason : judge(run);
}

/** Of each line, and empty lines at the end: no judge of programs has ever meant these. */
function withoutTrailingSpace(output: string): string {
  return output
    .split(/\r?\n/)
    .map((line) => line.trimEnd())
    .join("\n")
    .trimEnd();
}

function shorten(words: string): string {
  return words.length > 80 ? `${words.slice(0, 80)}…` : words;
}

function syntaxFault(code: string, isBody: boolean): string | null {
  try {
    parse(code, {
      ecmaVersion: 2024,
      sourceType: "script",
      allowReturnOutsideFunction: isBody,
      allowAwaitOutsideFunction: isBody,
    });
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : "no reason given";
  }
}
