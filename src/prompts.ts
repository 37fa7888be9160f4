import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import {
  type Prompt,
  type PromptBook,
  type PromptDefinition,
  placeholdersOf,
  promptOf,
  type ReplyFormat,
} from "./core/prompt.ts";
import { fail, type Result, succeed } from "./core/result.ts";
import type { PromptOverride } from "./providers/prompt-override.ts";
import type { RecipeError } from "./recipe.ts";

export type PromptOverrides = Readonly<Record<string, PromptOverride>>;

/** Where a request's prompts are told to be at fault. */
const PARAM = "search.prompts";

/**
 * The prompts that the model or the request replaces, resolved onto the definitions. A name that this search does not use
 * is an error: a prompt that is silently ignored would make a comparison of runs worthless.
 */
export function resolvePrompts(
  used: readonly PromptDefinition[],
  ofModel: PromptOverrides,
  ofRequest: PromptOverrides,
): Result<PromptBook, RecipeError> {
  const names = used.map(({ name }) => name);
  for (const name of Object.keys(ofRequest)) {
    if (!names.includes(name)) return fail(unusedPrompt(name, names));
  }
  const book: Record<string, Prompt> = {};
  for (const definition of used) {
    const { name } = definition;
    const layers = [ofModel[name], ofRequest[name]].filter((layer) => layer !== undefined);
    if (layers.length === 0) continue;
    const prompt = layers.reduce(applyOverride, definition.prompt);
    const fault = faultOf(prompt, definition);
    if (fault !== null) return fail(fault);
    book[name] = prompt;
  }
  return succeed(book);
}

/** SHA-256 of each used prompt's canonical JSON, its first 16 hex digits: which words a tree was grown with. */
export function hashPrompts(used: readonly PromptDefinition[], book: PromptBook): Readonly<Record<string, string>> {
  return Object.fromEntries(used.map((definition) => [definition.name, hashPrompt(promptOf(book, definition))]));
}

const HASH_DIGITS = 16;

function hashPrompt({ template, reply, samples, temperature, maxTokens, stop }: Prompt): string {
  const canonical = JSON.stringify([template, sortedEntries(reply), samples, temperature, maxTokens, stop]);
  return bytesToHex(sha256(utf8ToBytes(canonical))).slice(0, HASH_DIGITS);
}

function sortedEntries(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => [key, sortedEntries(inner)]);
}

function applyOverride(prompt: Prompt, override: PromptOverride): Prompt {
  return {
    template: override.template ?? prompt.template,
    reply: override.parse == null ? prompt.reply : replyOf(override.parse),
    samples: override.samples ?? prompt.samples,
    temperature: override.temperature ?? prompt.temperature,
    maxTokens: override.max_tokens ?? prompt.maxTokens,
    stop: override.stop ?? prompt.stop,
  };
}

function replyOf(parse: NonNullable<PromptOverride["parse"]>): ReplyFormat {
  if (parse === "yes_no") return { type: "yes-no" };
  if (typeof parse === "string") return { type: parse };
  if ("labels" in parse) return { type: "labels", labels: parse.labels };
  if ("lines" in parse) return { type: "lines", labels: parse.lines };
  const [min, max] = parse.number;
  return { type: "number", min, max };
}

function faultOf(prompt: Prompt, { name, placeholders, replies }: PromptDefinition): RecipeError | null {
  const unknown = placeholdersOf(prompt.template).find((placeholder) => !placeholders.includes(placeholder));
  if (unknown !== undefined) {
    const known = placeholders.map((one) => `{${one}}`).join(", ");
    return {
      code: "invalid_value",
      message: `Unknown placeholder {${unknown}} in '${PARAM}.${name}.template'. It may use: ${known}. Write {{${unknown}}} for the text itself.`,
      param: `${PARAM}.${name}.template`,
    };
  }
  if (!replies.includes(prompt.reply.type)) {
    const known = replies.map((type) => type.replaceAll("-", "_")).join(", ");
    return {
      code: "invalid_value",
      message: `Invalid value for '${PARAM}.${name}.parse': the reply to '${name}' is read as one of: ${known}.`,
      param: `${PARAM}.${name}.parse`,
    };
  }
  return null;
}

function unusedPrompt(name: string, names: readonly string[]): RecipeError {
  const known = names.length === 0 ? "This search uses no prompts of ours." : `It uses: ${names.join(", ")}.`;
  return {
    code: "unknown_parameter",
    message: `Unknown parameter: '${PARAM}.${name}'. This search does not use a prompt of that name. ${known}`,
    param: `${PARAM}.${name}`,
  };
}
