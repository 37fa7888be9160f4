import { createCanceller } from "../../src/core/cancellation.ts";
import type { CompletionRequest } from "../../src/core/model.ts";
import type { Problem } from "../../src/core/problem.ts";
import type { PromptBook } from "../../src/core/prompt.ts";
import type { Candidate, VerifierDefinition } from "../../src/core/verifier.ts";
import { createScriptedModel } from "../world/model.ts";
import { createPlayer } from "../world/player.ts";
import { gameOf24Problem } from "../world/search.ts";
import { createVirtualTime } from "../world/time.ts";

export function candidate(text: string, more: Partial<Candidate> = {}): Candidate {
  const nothing = { answer: null, answerClass: null, toolCalls: [] };
  return { text, steps: [text], isComplete: true, ...nothing, count: 1, judgements: 0, ...more };
}

export interface ScriptedSetting {
  readonly parameters?: unknown;
  readonly prompts?: PromptBook;
  readonly problem?: Problem;
  readonly seed?: number;
}

/** A verifier over a model that replies by this script: `ask` counts the samples from 0, over all calls. */
export function scripted(
  definition: VerifierDefinition,
  say: (prompt: string, ask: number) => string | null,
  { parameters = {}, prompts = {}, problem = gameOf24Problem("4 9 10 13"), seed = 1 }: ScriptedSetting = {},
) {
  const time = createVirtualTime();
  let asked = 0;
  const promptOf = ({ messages }: CompletionRequest) => messages.map(({ content }) => content).join("");
  const model = createScriptedModel({
    clock: time,
    player: createPlayer(0),
    reply: (request) => say(promptOf(request), asked++),
  });
  const parsed = definition.parse(parameters);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  const verifier = definition.create({ model, prompts, seed }, parsed.value);
  const scores = async (...candidates: Candidate[]) => {
    const { result } = await time.run(verifier.verify(problem, candidates, createCanceller().signal));
    if (!result.ok) throw new Error(result.error.message);
    return result.value;
  };
  return {
    model,
    verifier,
    problem,
    scores,
    values: async (...texts: string[]) =>
      (await scores(...texts.map((text) => candidate(text)))).map((score) => score?.value ?? null),
    /** What the model was asked, in order. */
    asked: () => model.calls.map(({ request }) => promptOf(request)),
  };
}
