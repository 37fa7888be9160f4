import type { Problem } from "./problem.ts";
import type { Candidate, Score } from "./verifier.ts";

/**
 * What the form of the request demands of every whole answer: a schema, a tool that must be called. A candidate that does
 * not meet it is vetoed and never served while there is another; one that does is scored by the others as if there were
 * no gate, since its form says nothing about whether it is right. Pure, total and free: it runs before everyone who scores,
 * so that nobody is paid to judge what cannot be served.
 */
export interface FormGate {
  readonly name: string;
  /** What is wrong with the form of a complete candidate; null where it can be served. Never throws. */
  objectionTo(candidate: Candidate): string | null;
}

/** One line in `verifiers/form-gates/index.ts` per definition. */
export interface FormGateDefinition {
  readonly name: string;
  readonly summary: string;
  /** Does the request demand anything that this gate looks after? */
  isAsked(problem: Problem): boolean;
  /** Why what is demanded cannot be understood; null where it can. */
  fault(problem: Problem): FormFault | null;
  /** For a problem without a fault. */
  create(problem: Problem): FormGate;
}

export interface FormFault {
  readonly message: string;
  /** Path in a chat-completions request, e.g. "response_format.json_schema.schema". */
  readonly param: string;
}

/** The first objection to a complete candidate, as a score. */
export function vetoOf(gates: readonly FormGate[], candidate: Candidate): Score | null {
  for (const { name, objectionTo } of gates) {
    const reason = objectionTo(candidate);
    if (reason !== null) return { value: 0, kind: "veto", reason, verifier: name };
  }
  return null;
}
