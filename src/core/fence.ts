/**
 * Candidates are data. What a model, a client or a tenant wrote stands in a prompt between tags, and must not be able to
 * close its own fence or to open another one: whatever reads like one of the prompt's tags loses its angle bracket
 * ("&lt;/attempt>"). All else stays as it was written, so that code and mark-up are judged as they are.
 *
 * Not a nonce in the tag: the same candidate must give the same prompt, for the caches of judgements and of providers.
 */

/** One of several texts that stand for the same placeholder, each in a fence of its own. */
export interface FencedText {
  readonly tag: string;
  /** From 1; its place among its like. */
  readonly number: number;
  readonly text: string;
}

const TAG = /<\/?([a-z][\w-]*)/gi;

/** The names of the tags that a template fences with, in lower case, each once. */
export function tagsOf(template: string): string[] {
  return [...new Set([...template.matchAll(TAG)].map((match) => (match[1] ?? "").toLowerCase()))];
}

/** Characters that show nothing: a tag with one of them inside would still look like the tag. */
const INVISIBLE = String.raw`[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]*`;

/** The text without anything that reads like one of these tags, in any case, with spaces or invisible characters. */
export function neutralise(text: string, tags: readonly string[]): string {
  if (tags.length === 0 || !/[<＜]/.test(text)) return text;
  const names = tags.map((tag) => [...tag].map(escapeForPattern).join(INVISIBLE)).join("|");
  // Each opening bracket is looked at once, and nothing that may repeat matches a bracket: linear in the text.
  const tag = new RegExp(
    String.raw`[<＜](?=[\s/\\\u00ad\u200b-\u200f\u2060-\u2064\ufeff]*(?:${names})(?![\w-]))`,
    "gi",
  );
  return text.replace(tag, "&lt;");
}

/** `tags`: all of the prompt's, these texts' own among them. */
export function renderFenced(texts: readonly FencedText[], tags: readonly string[]): string {
  return texts
    .map(({ tag, number, text }) => `<${tag} number="${number}">\n${neutralise(text.trim(), tags)}\n</${tag}>`)
    .join("\n\n");
}

function escapeForPattern(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|-]/g, "\\$&");
}
