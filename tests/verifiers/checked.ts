import type { Problem } from "../../src/core/problem.ts";
import type { Candidate, VerifierDefinition } from "../../src/core/verifier.ts";
import { createScriptedModel } from "../world/model.ts";
import { createPlayer } from "../world/player.ts";
import { createVirtualTime } from "../world/time.ts";
import { candidate } from "./scripted.ts";

/** A checker that asks no model, set up as a request would. */
export function checked(definition: VerifierDefinition, parameters: unknown, more: Partial<Problem> = {}) {
  const model = createScriptedModel({ clock: createVirtualTime(), player: createPlayer(0) });
  const problem: Problem = { messages: [], forwarded: {}, reference: null, ...more };
  const parsed = definition.parse(parameters);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  const verifier = definition.create({ model, prompts: {}, seed: 1 }, parsed.value);
  return {
    refusal: () => definition.refusal(problem, model, {}, parsed.value),
    /** Of a complete candidate with this answer and text. */
    score: (answer: string | null, text = answer ?? "", rest: Partial<Candidate> = {}) =>
      verifier.verifyNow?.(problem, [candidate(text, { answer, ...rest })])[0] ?? null,
  };
}

/** The first fault of parameters: its path and message. */
export function faultOf(definition: VerifierDefinition, parameters: unknown): readonly [string, string] | null {
  const parsed = definition.parse(parameters);
  if (parsed.ok) return null;
  const [first] = parsed.error;
  return [first?.path.map(String).join(".") ?? "", first?.message ?? ""];
}
