import { type FencedText, neutralise, renderFenced, tagsOf } from "./fence.ts";

/**
 * Prompts are data: a template, how its reply is read, and how it is sampled. Each lies beside the policy or verifier
 * that uses it; a model's configuration or a request may replace any of them, and their hash is in the search's record.
 */
export interface Prompt {
  /** With `{placeholders}`; `{{` and `}}` stand for the braces themselves. */
  readonly template: string;
  readonly reply: ReplyFormat;
  /** Replies asked for and combined, 1..64; only scoring prompts have more than one. */
  readonly samples: number;
  /** In [0, 2]; null: the client's for thoughts, 0 for a single judgement. */
  readonly temperature: number | null;
  /** >= 1; null: the client's. */
  readonly maxTokens: number | null;
  readonly stop: readonly string[];
}

export type ReplyFormat =
  /** The reply is the thought. */
  | { readonly type: "text" }
  /**
   * Each line is a thought of its own; bullets and numbering are dropped. With `labels` a line may end in a mark of
   * confidence, "motor (high)", whose number (> 0) becomes the thought's weight.
   */
  | { readonly type: "lines"; readonly labels?: Readonly<Record<string, number>> }
  /** The last label in the reply counts, e.g. sure 20, likely 1, impossible 0.001 (Tree of Thoughts). Numbers >= 0. */
  | { readonly type: "labels"; readonly labels: Readonly<Record<string, number>> }
  /** A number in [min, max]; the last one after "score", else the last one. */
  | { readonly type: "number"; readonly min: number; readonly max: number }
  /** P(yes) / (P(yes) + P(no)) of the first token's log-probabilities; `words` where it is not these two that count. */
  | { readonly type: "yes-no"; readonly words?: readonly [yes: string, no: string] }
  /** The number of a candidate, 1..k: "the best choice is 3". */
  | { readonly type: "choice" };

export type ReplyType = ReplyFormat["type"];

/** What kind of prompt a policy or verifier needs, and the text it uses where nobody replaces it. */
export interface PromptDefinition {
  /** Key of `search.prompts`: "propose", "value", "critique", ... */
  readonly name: string;
  /** What a template may mention. */
  readonly placeholders: readonly string[];
  /** How its reply may be read. */
  readonly replies: readonly ReplyType[];
  readonly prompt: Prompt;
  /** The words work with any model, not only with one that follows instructions. */
  readonly isOptional?: boolean;
}

/** The prompts of one search, by name. */
export type PromptBook = Readonly<Record<string, Prompt>>;

/** The book's prompt, else the definition's own. */
export function promptOf(book: PromptBook, definition: PromptDefinition): Prompt {
  return book[definition.name] ?? definition.prompt;
}

const PLACEHOLDER = /\{\{|\}\}|\{([a-z_]+)\}/g;

/** The names a template mentions, each once. */
export function placeholdersOf(template: string): string[] {
  const names = [...template.matchAll(PLACEHOLDER)].map((match) => match[1]).filter((name) => name !== undefined);
  return [...new Set(names)];
}

/** What stands for a placeholder. Null: this candidate has no such thing. */
export type PlaceholderValue = string | readonly FencedText[] | null;

/**
 * Fills a template in. Null where it mentions something that has no value here (it is then not asked). No value can
 * write one of the template's tags: see fence.ts.
 */
export function renderTemplate(template: string, values: Readonly<Record<string, PlaceholderValue>>): string | null {
  const fencedTags = Object.values(values).flatMap((value) =>
    typeof value === "string" ? [] : (value ?? []).map(({ tag }) => tag),
  );
  const tags = [...new Set([...tagsOf(template), ...fencedTags])];
  let isMissing = false;
  const text = template.replace(PLACEHOLDER, (found, name: string | undefined) => {
    if (name === undefined) return found === "{{" ? "{" : "}";
    const value = values[name] ?? null;
    if (value === null) isMissing = true;
    return typeof value === "string" ? neutralise(value, tags) : renderFenced(value ?? [], tags);
  });
  return isMissing ? null : text;
}
