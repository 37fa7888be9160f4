import { type Amounts, addAmounts, NOTHING } from "../../core/amounts.ts";
import type { Attempt, Completion, CompletionOutcome, CompletionRequest, ModelError } from "../../core/model.ts";
import type { Problem } from "../../core/problem.ts";
import { fail, succeed } from "../../core/result.ts";
import type { Candidate, Score, Verifier, VerifierContext, VerifierDefinition } from "../../core/verifier.ts";
import { GENERAL_PROMPT, renderJudgePrompt } from "./prompt.ts";

/**
 * A model as judge, by the probability of one token: value = P(yes) / (P(yes) + P(no)) of the first generated token
 * (self-evaluation as in Kadavath et al. 2022, section 3). Partial answers are its main use: it is the value that lets a
 * tree search leave a bad step before paying for the rest of the answer.
 */
export const judge: VerifierDefinition = {
  name: "judge",
  isExact: false,
  summary: "The model itself judges each step: the probability that it answers yes.",
  refusal: (_problem, model) =>
    model.capabilities.logprobs ? null : `the judge reads log-probabilities, and ${model.name} gives none`,
  create: createJudge,
};

/** As many alternatives as OpenAI's format allows: "yes", " yes" and "Yes" are different tokens. */
const TOP_LOGPROBS = 20;

function createJudge({ model, judgePrompt }: VerifierContext): Verifier {
  const template = judgePrompt ?? GENERAL_PROMPT;
  // One judgement per question and search. After a crash the log holds the scores, so an empty cache costs nothing.
  const answers = new Map<string, Score | null>();

  const questionsOf = (problem: Problem, candidates: readonly Candidate[]): (string | null)[] =>
    candidates.map((candidate) => renderJudgePrompt(template, problem, candidate));

  const newQuestions = (questions: readonly (string | null)[]): string[] =>
    [...new Set(questions.filter((question) => question !== null && !answers.has(question)))] as string[];

  return {
    name: "judge",
    scope: "all",
    isComparative: false,
    worstCase: (problem, candidates) =>
      newQuestions(questionsOf(problem, candidates)).reduce<Amounts>(
        (sum, question) => addAmounts(sum, model.worstCase(requestFor(question))),
        NOTHING,
      ),
    verify: async (problem, candidates, signal) => {
      const questions = questionsOf(problem, candidates);
      const asked = newQuestions(questions);
      const outcomes = await Promise.all(asked.map((question) => model.complete(requestFor(question), signal)));
      const attempts: Attempt[] = [];
      let error: ModelError | null = null;
      for (const [index, outcome] of outcomes.entries()) {
        attempts.push(...outcome.attempts);
        const score = scoreOf(outcome);
        // What was answered is kept even when a neighbour failed: a second attempt asks only for the rest.
        if (score.ok) answers.set(asked[index] ?? "", score.value);
        else error ??= score.error;
      }
      if (error !== null) return { result: fail(error), attempts };
      const scores = questions.map((question) => (question === null ? null : (answers.get(question) ?? null)));
      return { result: succeed(scores), attempts };
    },
  };
}

function requestFor(question: string): CompletionRequest {
  return {
    messages: [{ role: "user", content: question }],
    prefix: "",
    count: 1,
    maxTokens: 1,
    temperature: 0,
    topP: undefined,
    stop: [],
    seed: 0,
    topLogprobs: TOP_LOGPROBS,
    forwarded: {},
  };
}

function scoreOf({ result }: CompletionOutcome) {
  if (!result.ok) return result;
  const [completion] = result.value;
  return succeed(completion === undefined ? null : probabilityOfYes(completion));
}

function probabilityOfYes(completion: Completion): Score | null {
  let yes = 0;
  let no = 0;
  for (const { token, logprob } of completion.firstToken) {
    const word = token.trim().toLowerCase();
    if (word === "yes") yes += Math.exp(logprob);
    else if (word === "no") no += Math.exp(logprob);
  }
  if (yes + no === 0) return null;
  const value = yes / (yes + no);
  return { value, kind: "estimate", reason: `P(yes) = ${value.toFixed(3)}`, verifier: "judge" };
}
