import { type AnyNode, type Comment, parse } from "acorn";

/** A place in the Worker where it can be made to stand still, for good, to be killed there. */
export interface CutPoint {
  /**
   * - `ask`: what is awaited has been begun, nothing of it has left the process yet.
   * - `answer`: it has come to its end, and nobody has acted upon it.
   * - `write`: a write to an object's storage, in the middle of its transaction.
   */
  readonly type: "ask" | "answer" | "write";
  /** "durable-objects/search-tree/outbox.ts: await insertSearch(database, ...". */
  readonly where: string;
}

export interface CutBundle {
  readonly script: string;
  /** A point's number is its place here. */
  readonly points: readonly CutPoint[];
}

/** Variables of the Worker: at which point it stops, and how many times it passes there before. */
export const POINT_VARIABLE = "CRASH_POINT";
export const PASSES_VARIABLE = "CRASH_PASSES";

/** What the Worker prints when it comes to a point for the first time in its life, and when it stops at one. */
export const SEEN = "cut-point seen ";
export const STOPPED = "cut-point stopped ";

/**
 * Standing still is a loop without end: no turn ends any more, so what this one has written is not committed, what it has
 * sent does not leave, and no timer of any object fires. The process is then killed, as by a power cut in that very place.
 */
const PRELUDE = `import { env as __env } from "cloudflare:workers";
const __point = Number(__env.${POINT_VARIABLE} ?? -1);
let __passes = Number(__env.${PASSES_VARIABLE} ?? 0);
const __seen = new Set();
function __cut(point, value) {
  if (!__seen.has(point)) { __seen.add(point); console.log("${SEEN}" + point); }
  if (point === __point && __passes-- <= 0) { console.log("${STOPPED}" + point); for (;;); }
  return value;
}
`;

/** Calls that write to an object's storage, in the objects' own sources. */
const WRITES: ReadonlySet<string> = new Set(["exec", "put", "transactionSync", "setAlarm", "deleteAlarm"]);

/**
 * The bundle with a cut point at each `await` of our own sources, twice, and at each write of an object. Nothing else in it
 * changes, and the sources know nothing of it. `isOurs` is asked with the paths that esbuild notes in the bundle.
 */
export function withCutPoints(bundle: string, isOurs: (file: string) => boolean): CutBundle {
  const comments: Comment[] = [];
  const program = parse(bundle, { ecmaVersion: "latest", sourceType: "module", onComment: comments });
  const fileAt = createFileIndex(comments);
  const points: CutPoint[] = [];
  const insertions: { readonly at: number; readonly text: string }[] = [];
  const pointAt = (type: CutPoint["type"], node: AnyNode): number => {
    const source = bundle.slice(node.start, node.end).replace(/\s+/g, " ");
    return points.push({ type, where: `${fileAt(node.start)}: ${source.slice(0, 80)}` }) - 1;
  };
  const visit = (node: AnyNode): void => {
    if (node.type === "AwaitExpression") {
      const [ask, answer] = [pointAt("ask", node), pointAt("answer", node)];
      insertions.push({ at: node.start, text: `__cut(${answer}, ` });
      insertions.push({ at: node.start + "await".length, text: ` __cut(${ask},` });
      insertions.push({ at: node.end, text: "))" });
    } else if (isWrite(node) && fileAt(node.start).startsWith("durable-objects/")) {
      insertions.push({ at: node.start, text: `__cut(${pointAt("write", node)}, ` });
      insertions.push({ at: node.end, text: ")" });
    }
    // What follows a question mark may not be cut out of its chain.
    const children = node.type === "ChainExpression" ? [] : childrenOf(node);
    for (const child of children) visit(child);
  };
  for (const statement of program.body) if (isOurs(fileAt(statement.start))) visit(statement);
  return { script: PRELUDE + inserted(bundle, insertions), points };
}

function isWrite(node: AnyNode): boolean {
  if (node.type !== "CallExpression" || node.callee.type !== "MemberExpression") return false;
  const { property } = node.callee;
  return property.type === "Identifier" && WRITES.has(property.name);
}

function childrenOf(node: AnyNode): AnyNode[] {
  return Object.values(node).flatMap((value: unknown) => (Array.isArray(value) ? value : [value]).filter(isNode));
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}

/** The source file that a place of the bundle comes from; "" before the first. */
function createFileIndex(comments: readonly Comment[]): (at: number) => string {
  const heads = comments.filter(({ type, value }) => type === "Line" && /^ [\w@.-]+(\/[^ ]+)+\.\w+$/.test(value));
  return (at) => {
    let [low, high] = [0, heads.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((heads[middle]?.start ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    return heads[low - 1]?.value.slice(1) ?? "";
  };
}

function inserted(text: string, insertions: readonly { readonly at: number; readonly text: string }[]): string {
  const pieces: string[] = [];
  let from = 0;
  // A stable sort: of what begins at the same place, the outer comes first.
  for (const { at, text: piece } of insertions.toSorted((a, b) => a.at - b.at)) {
    pieces.push(text.slice(from, at), piece);
    from = at;
  }
  return pieces.join("") + text.slice(from);
}
