import type { SearchEvent } from "../../src/core/event.ts";
import { Tree } from "../../src/core/tree.ts";
import { answersOfRecipe, backupOfRecipe } from "../../src/setup.ts";

export interface DemoAnswer {
  readonly content: string;
  readonly isProven: boolean;
  readonly tree: Tree;
}

interface CompletionBody {
  readonly choices?: readonly { readonly message: { readonly content: string } }[];
  readonly search?: { readonly verdict?: { readonly kind: string; readonly value: number } | null };
  readonly error?: { readonly message: string };
}

/**
 * Asks the endpoint as any client would, and follows the search's live events beside it. `onProgress` sees the tree
 * after each event.
 */
export async function askWithTree(
  service: { readonly url: string; readonly key: string },
  body: Record<string, unknown>,
  onProgress: (tree: Tree) => void,
): Promise<DemoAnswer> {
  const headers = { authorization: `Bearer ${service.key}`, "content-type": "application/json" };
  const request = { method: "POST", headers, body: JSON.stringify({ model: "espalier/24", stream: true, ...body }) };
  const response = await fetch(`${service.url}/v1/chat/completions`, request);
  const id = response.headers.get("x-search-id");
  if (id === null || response.body === null)
    throw new Error(`the endpoint answered ${response.status}: ${await response.text()}`);
  const tree = new Tree(answersOfRecipe, backupOfRecipe);
  const events = await fetch(`${service.url}/v1/searches/${id}/events`, { headers });
  const [, content] = await Promise.all([followEvents(events, tree, onProgress), readStream(response)]);
  return { ...content, tree };
}

async function followEvents(response: Response, tree: Tree, onProgress: (tree: Tree) => void): Promise<void> {
  for await (const line of linesOf(response)) {
    if (line.trim() === "") continue;
    tree.apply(JSON.parse(line) as SearchEvent);
    onProgress(tree);
  }
}

async function readStream(response: Response): Promise<{ content: string; isProven: boolean }> {
  let content = "";
  let isProven = false;
  for await (const line of linesOf(response)) {
    if (!line.startsWith("data: {")) continue;
    const chunk = JSON.parse(line.slice("data: ".length)) as CompletionBody & {
      readonly choices?: readonly { readonly delta: { readonly content?: string } }[];
    };
    if (chunk.error !== undefined) throw new Error(chunk.error.message);
    content += chunk.choices?.[0]?.delta.content ?? "";
    const verdict = chunk.search?.verdict;
    if (verdict?.kind === "verdict") isProven = verdict.value === 1;
  }
  return { content, isProven };
}

async function* linesOf(response: Response): AsyncGenerator<string> {
  if (response.body === null) return;
  let rest = "";
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    yield* parts;
  }
  if (rest !== "") yield rest;
}
