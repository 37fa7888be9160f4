/** A program as a candidate's text has it. */
export interface Block {
  /** In small letters; "" where there is none. */
  readonly tag: string;
  readonly code: string;
}

/**
 * The program in a candidate's text: its last fenced block that is tagged with one of these languages or not at all; without
 * one the last fenced block of any tag; without a fence the whole text. A fence that is never closed goes on to the end.
 */
export function lastBlock(text: string, tags: readonly string[]): Block {
  const blocks: Block[] = [];
  let open: { readonly fence: string; readonly tag: string; readonly lines: string[] } | null = null;
  for (const line of text.split(/\r?\n/)) {
    const [, fence, tag = ""] = /^ {0,3}(`{3,}|~{3,})\s*([^\s`{]*)/.exec(line) ?? [];
    if (open === null) {
      if (fence !== undefined) open = { fence, tag: tag.toLowerCase(), lines: [] };
    } else if (fence?.startsWith(open.fence) && tag === "") {
      blocks.push({ tag: open.tag, code: open.lines.join("\n") });
      open = null;
    } else open.lines.push(line);
  }
  if (open !== null) blocks.push({ tag: open.tag, code: open.lines.join("\n") });
  const own = blocks.filter(({ tag }) => tag === "" || tags.includes(tag));
  return own.at(-1) ?? blocks.at(-1) ?? { tag: "", code: text };
}

export const JAVASCRIPT_TAGS: readonly string[] = ["javascript", "js", "jsx", "mjs", "node"];
export const PYTHON_TAGS: readonly string[] = ["python", "py", "python3"];
