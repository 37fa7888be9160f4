import { renderTemplate } from "../../core/prompt.ts";
import type { RewardInput } from "../../core/reward-model.ts";
import type { RewardModelConfig } from "./config.ts";
import { type Row, rowsOf } from "./squash.ts";

/** The part of an answer that gets its own rows from the server: all of it, or one of its beginnings. */
export interface Unit {
  readonly input: RewardInput;
  /** How many of its steps are sent. */
  readonly steps: number;
  /** Rows that must come back. */
  readonly rows: number;
}

/** How a server that takes JSON and gives JSON is spoken to. Pure: what is sent, and how the reply is read. */
export interface Shape {
  readonly path: string;
  /** Does each beginning of the answer have to be sent to score its steps? */
  readonly sendsBeginnings: boolean;
  /** Units that one call may hold, with this configuration. */
  batchSize(config: RewardModelConfig): number;
  body(units: readonly Unit[], config: RewardModelConfig): Record<string, unknown>;
  /** Per unit its rows; a text where the reply is not what this shape promises. */
  read(reply: Readonly<Record<string, unknown>>, units: readonly Unit[]): readonly (readonly Row[])[] | string;
}

export type JsonShape = Exclude<RewardModelConfig["shape"], "chat-logprobs">;

export const SHAPES_BY_NAME: Readonly<Record<JsonShape, Shape>> = {
  "vllm-pooling": {
    path: "/pooling",
    sendsBeginnings: false,
    batchSize: ({ template, batchSize }) => (template === null ? 1 : batchSize),
    body: (units, config) => ({
      model: config.model,
      ...(config.template === null
        ? { messages: units.flatMap((unit) => conversationOf(unit, config)), add_generation_prompt: false }
        : { input: units.map((unit) => textOf(unit, config)) }),
    }),
    read: (reply, units) =>
      dataOf(reply, units, (one, { rows: count }) => {
        const rows = rowsOf(one.data);
        if (rows === null) return null;
        // All tokens' rewards, or the last one's: an outcome is the last. One flat list may also be one row of classes.
        if (count === 1 && rows.length > 1 && rows.every((row) => typeof row === "number")) return [rows as number[]];
        return count === 1 ? rows.slice(-1) : rows;
      }),
  },
  "vllm-classify": {
    path: "/classify",
    sendsBeginnings: true,
    batchSize: ({ batchSize }) => batchSize,
    body: (units, config) => ({ model: config.model, input: units.map((unit) => textOf(unit, config)) }),
    read: (reply, units) => dataOf(reply, units, ({ probs }) => (rowsOf(probs) === null ? null : [probs as number[]])),
  },
  "vllm-score": {
    path: "/score",
    sendsBeginnings: true,
    batchSize: ({ batchSize }) => batchSize,
    body: (units, config) => ({
      model: config.model,
      // One problem in one verification: the first text is the same for all.
      text_1: units[0]?.input.question ?? "",
      text_2: units.map((unit) => answerOf(unit, config)),
    }),
    read: (reply, units) => dataOf(reply, units, ({ score }) => (typeof score === "number" ? [score] : null)),
  },
  generic: {
    path: "",
    sendsBeginnings: false,
    batchSize: () => 1,
    body: ([unit], { model }) => ({
      ...(model !== null && { model }),
      prompt: unit?.input.question ?? "",
      steps: unit === undefined ? [] : unit.rows === 1 ? [unit.input.steps.join("")] : unit.input.steps,
    }),
    read: ({ scores }) => {
      const rows = rowsOf(scores);
      return rows === null ? "it has no list of numbers `scores`" : [rows];
    },
  },
};

type Entry = Readonly<Record<string, unknown>>;

/** vLLM's `data`, brought into the order of what was sent by `index`, each read by itself. */
function dataOf(
  reply: Entry,
  units: readonly Unit[],
  read: (entry: Entry, unit: Unit) => readonly Row[] | null,
): readonly (readonly Row[])[] | string {
  const { data } = reply;
  if (!Array.isArray(data)) return "it has no list `data`";
  if (data.length !== units.length) return `it has ${data.length} results for ${units.length} texts`;
  const byIndex: (readonly Row[] | null)[] = units.map(() => null);
  for (const [place, entry] of data.entries()) {
    if (typeof entry !== "object" || entry === null) return "a result is not an object";
    const index = typeof entry.index === "number" ? entry.index : place;
    const unit = units[index];
    if (unit === undefined || byIndex[index] !== null) return "its results are not numbered from 0, each once";
    const rows = read(entry, unit);
    if (rows === null) return "a result holds no numbers";
    byIndex[index] = rows;
  }
  return byIndex.map((rows) => rows ?? []);
}

/** The steps that are sent, each followed by the tag. A tag in the candidate's own words would be one more step. */
export function answerOf({ input, steps }: Pick<Unit, "input" | "steps">, { stepTag }: RewardModelConfig): string {
  const sent = input.steps.slice(0, steps);
  if (stepTag === null) return sent.join("").trim();
  return sent.map((step) => step.replaceAll(stepTag, " ").trim() + stepTag).join("");
}

function textOf(unit: Unit, config: RewardModelConfig): string {
  // A whole text is tokenized as it stands: no candidate may write the marks that begin and end a turn ("<|im_end|>").
  const values = { question: withoutMarks(unit.input.question), answer: withoutMarks(answerOf(unit, config)) };
  return renderTemplate(config.template ?? "{question}\n\n{answer}", values) ?? "";
}

function withoutMarks(text: string): string {
  return text.replaceAll("<|", "< |");
}

function conversationOf(unit: Unit, config: RewardModelConfig): readonly unknown[] {
  return [...unit.input.messages, { role: "assistant", content: answerOf(unit, config) }];
}
