import { type Amounts, addAmounts, NOTHING } from "../core/amounts.ts";
import type { CancelSignal } from "../core/cancellation.ts";
import { type Attempt, costOf, type Model, type ModelError } from "../core/model.ts";
import { probabilityOfYes } from "../core/reply.ts";
import { fail, type Result, succeed } from "../core/result.ts";
import type { RewardInput, RewardModel } from "../core/reward-model.ts";
import { isRecord } from "./chunk.ts";
import { type PostContext, postJson } from "./json-post.ts";
import { attemptOf, NO_USAGE, usageOf, utf8Length } from "./openai/meter.ts";
import { createOpenAiModel } from "./openai/model.ts";
import { beginningRequest } from "./rewards/chat.ts";
import type { RewardModelConfig } from "./rewards/config.ts";
import { type JsonShape, SHAPES_BY_NAME, type Shape, type Unit } from "./rewards/shapes.ts";
import { squash } from "./rewards/squash.ts";
import { planUnits } from "./rewards/units.ts";

/** Values of one unit, in [0, 1]; null where the server has no opinion. */
type Values = readonly number[] | null;

/** Asks for some units; the answer is in their order. */
interface UnitCaller {
  readonly sendsBeginnings: boolean;
  readonly batchSize: number;
  worstCase(units: readonly Unit[]): Amounts;
  call(
    units: readonly Unit[],
    signal: CancelSignal,
  ): Promise<{ readonly result: Result<readonly Values[], ModelError>; readonly attempts: readonly Attempt[] }>;
}

/**
 * A reward model behind one of the shapes of rewards/config.ts. Units that were scored are remembered for this object's life,
 * which is a search's: a longer answer pays for its new steps only, and a retry only for what has failed.
 */
export function createRewardModel(config: RewardModelConfig, context: PostContext): RewardModel {
  const caller =
    config.shape === "chat-logprobs" ? chatCaller(config, context) : jsonCaller(config, config.shape, context);
  const known = new Map<string, Values>();

  const batchesOf = (inputs: readonly RewardInput[]): (readonly (readonly [string, Unit])[])[] => {
    const { units } = planUnits(inputs, config.kind, caller.sendsBeginnings);
    const fresh = [...units].filter(([key]) => !known.has(key));
    const batches = [];
    for (let from = 0; from < fresh.length; from += caller.batchSize) {
      batches.push(fresh.slice(from, from + caller.batchSize));
    }
    return batches;
  };

  return {
    name: config.name,
    kind: config.kind,
    worstCase: (inputs) =>
      batchesOf(inputs).reduce(
        (sum, batch) => addAmounts(sum, caller.worstCase(batch.map(([, unit]) => unit))),
        NOTHING,
      ),
    score: async (inputs, signal) => {
      const batches = batchesOf(inputs);
      const outcomes = await Promise.all(
        batches.map((batch) =>
          caller.call(
            batch.map(([, unit]) => unit),
            signal,
          ),
        ),
      );
      const attempts: Attempt[] = [];
      let error: ModelError | null = null;
      for (const [index, { result, attempts: made }] of outcomes.entries()) {
        attempts.push(...made);
        if (!result.ok) error ??= result.error;
        else for (const [place, [key]] of (batches[index] ?? []).entries()) known.set(key, result.value[place] ?? null);
      }
      if (error !== null) return { result: fail(error), attempts };
      const { keys } = planUnits(inputs, config.kind, caller.sendsBeginnings);
      const scores = keys.map((own) => {
        const values = own.map((key) => known.get(key) ?? null);
        return values.some((value) => value === null) ? null : values.flatMap((value) => value ?? []);
      });
      return { result: succeed(scores), attempts };
    },
  };
}

/** A shape's frame around the numbers of one result is some 100 bytes, a row of classes some 100 more. */
const RESPONSE_BYTES = 1_048_576;
/** Room for a chat template's markers around each text. */
const TEMPLATE_TOKENS = 16;
const BYTES_PER_ROW = 65_536;

function jsonCaller(config: RewardModelConfig, name: JsonShape, context: PostContext): UnitCaller {
  const shape = SHAPES_BY_NAME[name];
  const price = {
    promptMicrodollarsPerMillion: config.promptMicrodollarsPerMillion,
    completionMicrodollarsPerMillion: 0,
  };
  const bodyOf = (units: readonly Unit[]) => JSON.stringify(shape.body(units, config));
  // A byte-level tokenizer makes at most one token of a byte. The question may be sent once and read with every answer.
  const boundOf = (body: string, units: readonly Unit[]) =>
    units.reduce((sum, { input }) => sum + TEMPLATE_TOKENS + utf8Length(input.question), utf8Length(body));

  const call: UnitCaller["call"] = async (units, signal) => {
    const body = bodyOf(units);
    const rows = units.reduce((sum, unit) => sum + unit.rows, 0);
    const post = {
      url: config.baseUrl + shape.path,
      party: config.name,
      body,
      headers: config.apiKey === null ? {} : { authorization: `Bearer ${config.apiKey}` },
      secret: config.apiKey,
      headerTimeoutMs: config.headerTimeoutMs,
      totalTimeoutMs: config.totalTimeoutMs,
      mostResponseBytes: RESPONSE_BYTES + rows * BYTES_PER_ROW,
      rules: null,
    };
    const { result: reply, times, isRefusal } = await postJson(context, post, signal);
    const result = reply.ok ? valuesOf(reply.value, units, shape, config) : reply;
    if (times === null) return { result, attempts: [] };
    const raw = reply.ok && isRecord(reply.value) && isRecord(reply.value.usage) ? reply.value.usage : null;
    // Nothing is generated; a server that counts nothing at all is charged our bound.
    const usage = isRefusal
      ? NO_USAGE
      : usageOf(raw && { ...raw, completion_tokens: 0 }, boundOf(body, units), 0, false);
    const outcome = result.ok ? ("completed" as const) : result.error.type;
    const facts = { provider: config.name, model: config.model ?? config.name, ...times, outcome };
    return { result, attempts: [attemptOf(facts, usage, price)] };
  };

  return {
    sendsBeginnings: shape.sendsBeginnings,
    batchSize: shape.batchSize(config),
    worstCase: (units) => {
      const facts = {
        provider: "",
        model: "",
        startedAtMs: 0,
        headersAtMs: null,
        endedAtMs: 0,
        outcome: "completed" as const,
      };
      const promptTokens = boundOf(bodyOf(units), units);
      return costOf([attemptOf(facts, { ...NO_USAGE, promptTokens }, price)]);
    },
    call,
  };
}

/** A reply that says something else is asked for once more ("unparsed"), and then the verification has failed. */
function valuesOf(
  reply: unknown,
  units: readonly Unit[],
  shape: Shape,
  config: RewardModelConfig,
): Result<readonly Values[], ModelError> {
  const fault = (what: string) =>
    fail({ type: "unparsed" as const, message: `the reward model '${config.name}' gave an unusable answer: ${what}` });
  if (!isRecord(reply)) return fault("it is not a JSON object");
  const read = shape.read(reply, units);
  if (typeof read === "string") return fault(read);
  const values: number[][] = [];
  for (const [index, rows] of read.entries()) {
    const wanted = units[index]?.rows ?? 0;
    if (rows.length !== wanted) return fault(`it has ${rows.length} scores for ${wanted} steps`);
    const own = rows.map((row) => squash(row, config));
    if (own.some((value) => value === null)) {
      return fault(`a score is not in [0, 1] by squash '${config.squash}'`);
    }
    values.push(own.flatMap((value) => value ?? []));
  }
  return succeed(values);
}

/** A judge that is asked for one token and its alternatives: one call per beginning of the answer. */
function chatCaller(config: RewardModelConfig, { gate, clock, fetch, hops = 0 }: PostContext): UnitCaller {
  const model: Model = createOpenAiModel({
    provider: {
      name: config.name,
      baseUrl: config.baseUrl,
      apiKey: config.apiKey,
      models: [],
      headerTimeoutMs: config.headerTimeoutMs,
      idleTimeoutMs: config.totalTimeoutMs,
    },
    model: {
      id: config.name,
      upstream: config.model ?? "",
      description: null,
      capabilities: {
        n: "ignored",
        continuation: false,
        logprobs: true,
        instructions: true,
        stepSeparator: "\n\n",
        stepTokens: null,
      },
      price: {
        promptMicrodollarsPerMillion: config.promptMicrodollarsPerMillion,
        completionMicrodollarsPerMillion: 0,
      },
      prompts: {},
    },
    gate,
    clock,
    fetch,
    hops,
  });
  const words = [config.positive, config.negative] as const;
  return {
    sendsBeginnings: true,
    batchSize: 1,
    worstCase: (units) =>
      units.reduce((sum, unit) => addAmounts(sum, model.worstCase(beginningRequest(unit, config))), NOTHING),
    call: async ([unit], signal) => {
      if (unit === undefined) return { result: succeed([]), attempts: [] };
      const { result, attempts } = await model.complete(beginningRequest(unit, config), signal);
      if (!result.ok) return { result, attempts };
      const [completion] = result.value;
      const value = completion === undefined ? null : probabilityOfYes(completion, words);
      return { result: succeed([value === null ? null : [value]]), attempts };
    },
  };
}
