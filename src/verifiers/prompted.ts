import { type Amounts, addAmounts, NOTHING } from "../core/amounts.ts";
import type { CancelSignal } from "../core/cancellation.ts";
import type { JudgementCache } from "../core/judgement-cache.ts";
import type { Attempt, Completion, CompletionRequest, Model, ModelError } from "../core/model.ts";
import { type Prompt, type PromptBook, type PromptDefinition, promptOf } from "../core/prompt.ts";
import { deriveSeed } from "../core/random.ts";
import { parseChoice, parseLabel, parseNumber, probabilityOfYes } from "../core/reply.ts";
import { fail, type Result, succeed } from "../core/result.ts";
import type { VerifierContext } from "../core/verifier.ts";
import { judgementKey } from "./judgement-key.ts";

/** One question to the model, ready to be sent. */
export interface Question {
  readonly text: string;
  /** Tells apart questions with the same text that want a fresh opinion each. */
  readonly round: number;
  /** Candidates to choose from, for `choice` replies. */
  readonly choices?: number;
}

/** What the samples of one question said. */
export interface Reading {
  /** One per sample that could be read: in [0, 1], or a 0-based index for `choice`. */
  readonly values: readonly number[];
  /** Samples that could not be read, also when asked again. */
  readonly unparsed: number;
  /** It was said in an earlier search, and cost nothing in this one. */
  readonly isRemembered: boolean;
}

export interface Asker {
  readonly prompt: Prompt;
  worstCase(questions: readonly (Question | null)[]): Amounts;
  /** Of one question, also where its answer is known: a bound for questions like it that are not known yet. */
  worstCaseLike(question: Question | null): Amounts;
  /** One reading per question, null for null. Nothing is asked twice, also not after a neighbour has failed. */
  ask(
    questions: readonly (Question | null)[],
    signal: CancelSignal,
  ): Promise<{
    readonly result: Result<readonly (Reading | null)[], ModelError>;
    readonly attempts: readonly Attempt[];
  }>;
}

/** A question that was not asked in this search. */
interface Fresh {
  /** Its key among the readings. */
  readonly at: string;
  readonly question: Question;
  /** Of what may be known from earlier searches; null where a fresh opinion is wanted. */
  readonly key: string | null;
}

/** As many alternatives as OpenAI's format allows: "yes", " yes" and "Yes" are different tokens. */
const TOP_LOGPROBS = 20;
/** Room for a short argument before the label or number, where the prompt sets no cap. */
const DEFAULT_MAX_TOKENS = 512;
/** A single judgement is the model's most likely one; several are sampled, at Tree of Thoughts' 0.7. */
const DEFAULT_TEMPERATURE = 0.7;

/** The model as judge: asks a prompt's questions and reads the replies; an unreadable reply is asked for once more. */
export function createAsker(
  { model, prompts, seed, judgements }: VerifierContext,
  definition: PromptDefinition,
  prompt: Prompt = promptOf(prompts, definition),
): Asker {
  // One reading per question and search. After a crash the log holds the scores, so an empty cache costs nothing.
  const readings = new Map<string, Reading>();
  const keyOf = (question: Question): string => `${isSampled(prompt) ? question.round : 0} ${question.text}`;

  const newOnes = (questions: readonly (Question | null)[]): Map<string, Question> => {
    const fresh = new Map<string, Question>();
    for (const question of questions) {
      if (question !== null && !readings.has(keyOf(question))) fresh.set(keyOf(question), question);
    }
    return fresh;
  };

  const requestOf = (question: Question, count: number, again: number): CompletionRequest => ({
    messages: [{ role: "user", content: question.text }],
    prefix: "",
    count,
    maxTokens: prompt.reply.type === "yes-no" ? 1 : (prompt.maxTokens ?? DEFAULT_MAX_TOKENS),
    temperature: prompt.temperature ?? (isSampled(prompt) ? DEFAULT_TEMPERATURE : 0),
    topP: undefined,
    stop: prompt.stop,
    seed: prompt.reply.type === "yes-no" ? 0 : deriveSeed(seed, definition.name, question.text, question.round, again),
    topLogprobs: prompt.reply.type === "yes-no" ? TOP_LOGPROBS : null,
    forwarded: {},
  });

  const read = async (question: Question, signal: CancelSignal) => {
    const attempts: Attempt[] = [];
    const values: number[] = [];
    let missing = samplesOf(prompt);
    for (let again = 0; again < timesAsked(prompt) && missing > 0; again++) {
      const outcome = await model.complete(requestOf(question, missing, again), signal);
      attempts.push(...outcome.attempts);
      if (!outcome.result.ok) return { result: outcome.result, attempts };
      for (const completion of outcome.result.value) {
        const value = valueOfReply(completion, prompt, question);
        if (value !== null) values.push(value);
      }
      missing = samplesOf(prompt) - values.length;
    }
    return { result: succeed({ values, unparsed: Math.max(0, missing), isRemembered: false }), attempts };
  };

  const rememberedAs = ({ text, round, choices = 0 }: Question): string | null =>
    judgements === undefined || round > 0 || !isSettledByAsking(prompt)
      ? null
      : judgementKey(judgements.model, definition.name, prompt, text, choices);

  /** Takes over what is known, and gives back what is left to ask. */
  const recall = async (cache: JudgementCache, fresh: readonly Fresh[]): Promise<readonly Fresh[]> => {
    const keys = fresh.flatMap(({ key }) => key ?? []);
    if (keys.length === 0) return fresh;
    const known = await cache.get(keys);
    return fresh.filter(({ at, key }) => {
      const values = known.get(key ?? "")?.values;
      if (values?.length !== samplesOf(prompt)) return true;
      readings.set(at, { values, unparsed: 0, isRemembered: true });
      return false;
    });
  };

  /** Only what is whole: a reading with a sample that could not be read is worth asking for again some day. */
  const remember = (fresh: readonly Fresh[]): void => {
    const found = fresh.flatMap(({ at, key }) => {
      const reading = readings.get(at);
      const isWhole = reading !== undefined && reading.unparsed === 0 && reading.values.length === samplesOf(prompt);
      return key !== null && isWhole ? [[key, { values: reading.values }] as const] : [];
    });
    if (found.length > 0) judgements?.put(new Map(found));
  };

  const worstCaseLike = (question: Question | null): Amounts => {
    if (question === null) return NOTHING;
    const once = model.worstCase(requestOf(question, samplesOf(prompt), 0));
    return timesAsked(prompt) === 1 ? addAmounts(NOTHING, once) : addAmounts(once, once);
  };

  return {
    prompt,
    worstCaseLike,
    worstCase: (questions) =>
      [...newOnes(questions).values()].reduce((sum, question) => addAmounts(sum, worstCaseLike(question)), NOTHING),
    ask: async (questions, signal) => {
      const unasked = [...newOnes(questions)].map(([at, question]) => ({ at, question, key: rememberedAs(question) }));
      const fresh = judgements === undefined ? unasked : await recall(judgements, unasked);
      const outcomes = await Promise.all(fresh.map(({ question }) => read(question, signal)));
      const attempts: Attempt[] = [];
      let error: ModelError | null = null;
      for (const [index, outcome] of outcomes.entries()) {
        attempts.push(...outcome.attempts);
        if (outcome.result.ok) readings.set(fresh[index]?.at ?? "", outcome.result.value);
        else error ??= outcome.result.error;
      }
      remember(fresh);
      if (error !== null) return { result: fail(error), attempts };
      const found = questions.map((question) => (question === null ? null : (readings.get(keyOf(question)) ?? null)));
      return { result: succeed(found), attempts };
    },
  };
}

/** The mean over all samples, the unreadable ones counted as 0.5, and what to say about it. Null without any sample. */
export function meanOfReading({
  values,
  unparsed,
  isRemembered,
}: Reading): { readonly value: number; readonly reason: string } | null {
  const count = values.length + unparsed;
  if (count === 0) return null;
  const value = (values.reduce((sum, one) => sum + one, 0) + NEUTRAL * unparsed) / count;
  const said = values.length === 1 ? value.toFixed(3) : `mean of ${values.length} judgements ${value.toFixed(3)}`;
  const reason = unparsed === 0 ? said : `${said}; ${unparsed} unparsed, taken as ${NEUTRAL}`;
  return { value, reason: isRemembered ? reason + REMEMBERED : reason };
}

/** What a reason says of a judgement that cost nothing. */
export const REMEMBERED = " (remembered from an earlier search)";

/** Never 0: an unreadable judgement is no judgement against the candidate. */
const NEUTRAL = 0.5;

/** Why the model cannot be asked this; null when it can. */
export function promptRefusal(
  definition: PromptDefinition,
  model: Pick<Model, "name" | "capabilities">,
  prompts: PromptBook,
  { reply }: Prompt = promptOf(prompts, definition),
): string | null {
  if (reply.type === "yes-no" && !model.capabilities.logprobs) {
    return `the prompt '${definition.name}' reads log-probabilities, and ${model.name} gives none`;
  }
  if (model.capabilities.instructions || prompts[definition.name] !== undefined) return null;
  return `${model.name} does not follow instructions and has no prompt '${definition.name}' of its own`;
}

function samplesOf(prompt: Prompt): number {
  return prompt.reply.type === "yes-no" ? 1 : prompt.samples;
}

function timesAsked(prompt: Prompt): number {
  // A probability is read off the first token and does not depend on chance: asking again changes nothing.
  return prompt.reply.type === "yes-no" ? 1 : 2;
}

/**
 * Would asking again say the same? A probability and a reply at temperature 0 would; the reading of several samples is taken
 * for it, as that is what they were asked for. One sampled reply is an opinion of the moment.
 */
function isSettledByAsking(prompt: Prompt): boolean {
  return !isSampled(prompt) || prompt.samples > 1;
}

function isSampled(prompt: Prompt): boolean {
  return prompt.reply.type !== "yes-no" && (prompt.samples > 1 || (prompt.temperature ?? 0) > 0);
}

function valueOfReply(completion: Completion, { reply }: Prompt, { choices = 0 }: Question): number | null {
  const { text } = completion;
  switch (reply.type) {
    case "yes-no":
      return probabilityOfYes(completion, reply.words);
    case "labels": {
      const value = parseLabel(text, reply.labels);
      const largest = Math.max(...Object.values(reply.labels));
      return value === null ? null : value / largest;
    }
    case "number": {
      const number = parseNumber(text, reply.min, reply.max);
      return number === null ? null : (number - reply.min) / (reply.max - reply.min);
    }
    case "choice":
      return parseChoice(text, choices);
    case "text":
    case "lines":
      throw new Error("a scoring prompt must have a reply that can be scored");
  }
}
