import type { Completion, CompletionDelta } from "../../core/model.ts";
import { type Choice, type ChoiceRules, createChoice } from "./choice.ts";
import type { Chunk } from "./chunk.ts";

const MAX_MODEL_NAME_CHARACTERS = 200;

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
  /** The last usage object seen. */
  readonly usage: Readonly<Record<string, unknown>> | null;
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

export function createCollector({ count, name, rulesOf, onDelta }: CollectorOptions): Collector {
  const choices = new Map<number, Choice>();
  let model = name;
  let usage: Readonly<Record<string, unknown>> | null = null;
  const countWhere = (test: (choice: Choice) => boolean) => [...choices.values()].filter(test).length;
  return {
    add: (chunk) => {
      if (chunk.model !== null) model = chunk.model.slice(0, MAX_MODEL_NAME_CHARACTERS);
      if (chunk.usage !== null) usage = chunk.usage;
      for (const delta of chunk.choices) {
        const { index } = delta;
        if (!Number.isInteger(index) || index < 0 || index >= count) continue;
        let choice = choices.get(index);
        if (choice === undefined) {
          choice = createChoice(rulesOf(index));
          choices.set(index, choice);
        }
        for (const piece of choice.add(delta)) onDelta?.({ ...piece, index });
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
    completions: () => [...choices].sort(([a], [b]) => a - b).flatMap(([, choice]) => choice.completion(model) ?? []),
  };
}
