import { createCanceller } from "../../src/core/cancellation.ts";
import type { Problem } from "../../src/core/problem.ts";
import type { Candidate, Score, VerifierDefinition } from "../../src/core/verifier.ts";
import { createScriptedModel } from "../world/model.ts";
import { createPlayer } from "../world/player.ts";
import { createVirtualTime } from "../world/time.ts";
import { candidate } from "./scripted.ts";

export interface CheckerSetting {
  readonly question?: string;
  readonly reference?: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** What a checker, which asks no model, says of one text; null where it has no opinion. */
export async function check(
  definition: VerifierDefinition,
  { question = "Solve it.", reference, parameters = {} }: CheckerSetting,
  text: string,
  more: Partial<Candidate> = {},
): Promise<Omit<Score, "verifier"> | null> {
  const model = createScriptedModel({ clock: createVirtualTime(), player: createPlayer(0) });
  const parsed = definition.parse(parameters);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  const problem = problemOf(question, reference);
  const verifier = definition.create({ model, prompts: {}, seed: 1 }, parsed.value);
  const { result } = await verifier.verify(problem, [candidate(text, more)], createCanceller().signal);
  if (!result.ok) throw new Error(result.error.message);
  const score = result.value[0] ?? null;
  if (score === null) return null;
  if (score.verifier !== definition.name) throw new Error(`${score.verifier} signs for ${definition.name}`);
  return { kind: score.kind, value: score.value, reason: score.reason };
}

/** "verdict 1", "estimate 0.5", or "abstains". */
export async function opinion(...args: Parameters<typeof check>): Promise<string> {
  const score = await check(...args);
  return score === null ? "abstains" : `${score.kind} ${score.value}`;
}

export function problemOf(question: string, reference: string | null = null): Problem {
  return { messages: [{ role: "user", content: question }], forwarded: {}, reference };
}

/** The path of the first fault that a definition finds in its parameters, e.g. "tests[0].call"; null where it finds none. */
export function faultAt(definition: VerifierDefinition, parameters: unknown): string | null {
  const parsed = definition.parse(parameters);
  if (parsed.ok) return null;
  const { path, keys = [] } = parsed.error[0] ?? { path: [] };
  return [...path, ...keys.slice(0, 1)]
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .replace(/^\./, "");
}
