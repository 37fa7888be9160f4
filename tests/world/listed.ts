import { questionOf } from "../../src/core/problem.ts";
import { localVerifier } from "../../src/core/verifier.ts";
import { PROPOSE_PROMPT } from "../../src/policies/propose-list/prompt.ts";
import { stepsListedAfter } from "./all-moves.ts";
import type { WorldOptions } from "./search.ts";

export interface ListedWorld {
  /** The lines of the list below each path; a path is its steps joined by spaces, "" the root. */
  readonly lists: Readonly<Record<string, readonly string[]>>;
  /** In [0, 1], by path; the rest is not scored. Answers are judged too: "a b Answer: 1". */
  readonly values: Readonly<Record<string, number>>;
  /** The marks of confidence that the lines bear. */
  readonly labels?: Readonly<Record<string, number>>;
}

/** A world told in full: what is proposed where, and what it is worth. A whole answer is "draft". */
export function listedWorld({
  lists,
  values,
  labels,
}: ListedWorld): Pick<WorldOptions, "prompts" | "reply" | "verifier"> {
  const pathOf = (text: string): string => text.trim().split("\n").join(" ");
  return {
    prompts: labels === undefined ? {} : { propose: { ...PROPOSE_PROMPT.prompt, reply: { type: "lines", labels } } },
    reply: ({ messages }) => {
      const question = questionOf({ messages, forwarded: {}, reference: null });
      const steps = stepsListedAfter(question);
      if (steps === null) return "draft";
      return (lists[steps === "(nothing yet)" ? "" : pathOf(steps)] ?? []).join("\n");
    },
    verifier: localVerifier({ name: "listed", scope: "all", isComparative: false }, (_problem, candidates) =>
      candidates.map(({ text }) => {
        const value = values[pathOf(text)];
        return value === undefined ? null : { value, kind: "estimate", reason: "", verifier: "listed" };
      }),
    ),
  };
}
