import { z } from "zod";
import { NOTHING } from "../../core/amounts.ts";
import type { ModelError } from "../../core/model.ts";
import { type Problem, questionOf } from "../../core/problem.ts";
import { fail, type Result, succeed } from "../../core/result.ts";
import {
  type Candidate,
  defineVerifier,
  type Score,
  type Verifier,
  type VerifierContext,
} from "../../core/verifier.ts";
import { type Opinion, readReply } from "./reply.ts";

const parameters = z.strictObject({
  /** Where it listens: https, a public host name, port 443 or 8443. */
  url: z.string().min(1).max(2048),
  /** A name in the deployment's WEBHOOK_SECRETS, which must be for the address's origin. */
  secret_name: z.string().min(1).max(64).default("default"),
  /** Milliseconds from sending to the last byte of the reply, 100..60000. */
  timeout_ms: z.int().min(100).max(60_000).default(10_000),
  /** Are its scores certain ("verdict": the first 1 ends the search) or evidence ("estimate")? */
  kind: z.enum(["estimate", "verdict"]).default("estimate"),
  /** Also send partial answers. */
  steps: z.boolean().default(false),
});

type Parameters = z.infer<typeof parameters>;

/**
 * The tenant's own scorer, called over HTTP: all new candidates of a verification in one signed request. It is asked again
 * about a candidate only where a method wants a second judgement; a failure is retried by the loop, under the same id.
 */
export const webhook = defineVerifier({
  name: "webhook",
  summary: "A scorer of your own: a signed request with the candidates, a score each in the reply.",
  parameters,
  isExact: false,
  isAutomatic: false,
  scoresSteps: true,
  scoresStepsWith: ({ steps }) => steps,
  prompts: [],
  wants: ({ url, secret_name: secretName }) => ({ webhook: { url, secretName } }),
  refusal: () => null,
  create: createWebhookVerifier,
});

/** More than Workers could send in time; no honest set of candidates comes near. */
const MOST_REQUEST_CHARACTERS = 16_000_000;

function createWebhookVerifier(context: VerifierContext, { timeout_ms, kind, steps }: Parameters): Verifier {
  const { webhook: remote } = context;
  if (remote === undefined) throw new Error("the webhook verifier was created without its webhook");
  const known = new Map<string, Opinion>();

  /** What it was not asked about yet, each once. */
  const freshOnes = (candidates: readonly Candidate[]): Map<string, Candidate> => {
    const fresh = new Map<string, Candidate>();
    for (const candidate of candidates) {
      const key = keyOf(candidate);
      if (isAsked(candidate) && !known.has(key) && !fresh.has(key)) fresh.set(key, candidate);
    }
    return fresh;
  };
  const isAsked = (candidate: Candidate): boolean => steps || candidate.isComplete;

  return {
    name: "webhook",
    scope: steps ? "all" : "complete",
    isComparative: false,
    worstCase: (_problem, candidates) => (freshOnes(candidates).size === 0 ? NOTHING : { ...NOTHING, calls: 1 }),
    verify: async (problem, candidates, signal) => {
      const fresh = freshOnes(candidates);
      const attempts = [];
      if (fresh.size > 0) {
        const body = JSON.stringify(requestOf(problem, [...fresh.values()]));
        if (body.length > MOST_REQUEST_CHARACTERS) return { result: fail(tooLong), attempts: [] };
        const outcome = await remote.post(body, timeout_ms, signal);
        attempts.push(...outcome.attempts);
        const opinions = opinionsOf(outcome.result, fresh.size);
        if (!opinions.ok) return { result: opinions, attempts };
        for (const [index, key] of [...fresh.keys()].entries()) known.set(key, opinions.value[index] ?? null);
      }
      const scores = candidates.map((candidate): Score | null => {
        const opinion = isAsked(candidate) ? (known.get(keyOf(candidate)) ?? null) : null;
        if (opinion === null) return null;
        return { value: opinion.value, kind, reason: opinion.reason ?? "the webhook's score", verifier: "webhook" };
      });
      return { result: succeed(scores), attempts };
    },
  };
}

const tooLong: ModelError = { type: "context-length", message: "the candidates are too long for a webhook" };

function keyOf({ text, isComplete, judgements }: Candidate): string {
  return `${judgements} ${isComplete} ${text}`;
}

/** What is sent. Additive only: receivers are not ours. */
function requestOf(problem: Problem, candidates: readonly Candidate[]) {
  return {
    type: "verify",
    problem: { messages: problem.messages, question: questionOf(problem), reference: problem.reference },
    candidates: candidates.map(({ text, steps, isComplete, answer, answerClass, judgements }) => ({
      text,
      steps,
      is_complete: isComplete,
      answer,
      answer_class: answerClass,
      judgement: judgements,
    })),
  };
}

/** "unparsed": asked once more, then the verification has failed. */
function opinionsOf(reply: Result<unknown, ModelError>, count: number): Result<readonly Opinion[], ModelError> {
  if (!reply.ok) return fail({ ...reply.error, message: `the webhook failed: ${reply.error.message}` });
  const read = readReply(reply.value, count);
  return read.ok ? read : fail({ type: "unparsed", message: `the webhook's reply cannot be used: ${read.error}` });
}
