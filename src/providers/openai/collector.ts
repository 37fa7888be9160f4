import type { Completion, CompletionDelta } from "../../core/model.ts";
import { type Chunk, isRecord } from "../chunk.ts";
import { type Choice, type ChoiceRules, createChoice } from "./choice.ts";

const MAX_MODEL_NAME_CHARACTERS = 200;
const MAX_ID_CHARACTERS = 200;
const MAX_FINISH_REASON_CHARACTERS = 60;
const MAX_FINISH_REASONS = 8;

/** Puts the chunks of one streamed call together. Chunks of different choices may interleave. */
export interface Collector {
  add(chunk: Chunk): void;
  /** Distinct choices seen so far, finished or not. */
  readonly begun: number;
  /** Choices with a finish reason (or cut by us). */
  readonly finished: number;
  /** True when a choice was cut: its provider may still be generating what nobody will read. */
  readonly isCut: boolean;
  /** A choice ended with the provider's own fault ("error", "abort"): the stream is no answer. */
  readonly hasBrokenChoice: boolean;
  /** The last usage object seen, under the names of chat completions. */
  readonly usage: Readonly<Record<string, unknown>> | null;
  /** The same as it came. */
  readonly rawUsage: Readonly<Record<string, unknown>> | null;
  /** The provider's own words for the ends of its choices, each once. */
  readonly finishReasons: readonly string[];
  /** The answer's own id; null where it has none. */
  readonly id: string | null;
  /** Finished choices in choice order. */
  completions(): readonly Completion[];
}

export interface CollectorOptions {
  /** Choices asked for; those with another index are dropped. */
  readonly count: number;
  /** The fallback model name. */
  readonly name: string;
  readonly rulesOf: (index: number) => ChoiceRules;
  /** Told what each chunk brought, by the choice's index. */
  readonly onDelta?: (delta: CompletionDelta) => void;
}

/** The longest seen has some twenty. */
const MAX_FIGURES = 40;
const MAX_FIGURE_NAME_CHARACTERS = 60;

/** The numbers of a usage object, those of its details included: whatever else comes there is not kept. */
function figuresOf(usage: Readonly<Record<string, unknown>>, isWhole = true): Readonly<Record<string, unknown>> {
  const figures = Object.entries(usage).flatMap(([name, value]): readonly (readonly [string, unknown])[] => {
    if (name.length > MAX_FIGURE_NAME_CHARACTERS) return [];
    if (typeof value === "number") return [[name, value]];
    return isWhole && isRecord(value) ? [[name, figuresOf(value, false)]] : [];
  });
  return Object.fromEntries(figures.slice(0, MAX_FIGURES));
}

export function createCollector({ count, name, rulesOf, onDelta }: CollectorOptions): Collector {
  const choices = new Map<number, Choice>();
  let model = name;
  let usage: Readonly<Record<string, unknown>> | null = null;
  let rawUsage: Readonly<Record<string, unknown>> | null = null;
  let id: string | null = null;
  const finishReasons = new Set<string>();
  const countWhere = (test: (choice: Choice) => boolean) => [...choices.values()].filter(test).length;
  return {
    add: (chunk) => {
      if (chunk.model !== null) model = chunk.model.slice(0, MAX_MODEL_NAME_CHARACTERS);
      id ??= chunk.id?.slice(0, MAX_ID_CHARACTERS) ?? null;
      if (chunk.usage !== null) {
        usage = chunk.usage;
        rawUsage = figuresOf(chunk.rawUsage ?? usage);
      }
      for (const delta of chunk.choices) {
        const { index } = delta;
        if (!Number.isInteger(index) || index < 0 || index >= count) continue;
        let choice = choices.get(index);
        if (choice === undefined) {
          choice = createChoice(rulesOf(index));
          choices.set(index, choice);
        }
        const isOpen = choice.ending === null;
        for (const piece of choice.add(delta)) onDelta?.({ ...piece, index });
        const reason = delta.rawFinishReason ?? delta.finishReason;
        if (isOpen && reason !== null && finishReasons.size < MAX_FINISH_REASONS) {
          finishReasons.add(reason.slice(0, MAX_FINISH_REASON_CHARACTERS));
        }
      }
    },
    get begun() {
      return choices.size;
    },
    get finished() {
      return countWhere((choice) => choice.ending !== null);
    },
    get isCut() {
      return countWhere((choice) => choice.isCut) > 0;
    },
    get hasBrokenChoice() {
      return countWhere((choice) => choice.isBroken) > 0;
    },
    get usage() {
      return usage;
    },
    get rawUsage() {
      return rawUsage;
    },
    get finishReasons() {
      return [...finishReasons];
    },
    get id() {
      return id;
    },
    completions: () => [...choices].sort(([a], [b]) => a - b).flatMap(([, choice]) => choice.completion(model) ?? []),
  };
}
