import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { AUTOMATIC_ANSWER } from "../../src/core/answer/answer.ts";
import type { SearchEvent } from "../../src/core/event.ts";
import type { MethodDefinition } from "../../src/core/method.ts";
import { median } from "../../src/core/statistics.ts";
import { foldTree, type Tree } from "../../src/core/tree.ts";
import { METHODS } from "../../src/methods/index.ts";
import { grow, logOfNodes } from "./grow.ts";

const SIZES = [100, 1_000, 10_000];
const WIDTH = 8;
/** Decisions are measured while the tree has from 90 % to 100 % of the size. */
const WINDOW = 0.9;

/** What makes a method's tree grow as large as asked; `size` is the number of nodes. */
const SETTINGS: Readonly<Record<string, (size: number) => { rollouts?: number; params?: Record<string, unknown> }>> = {
  // N beams of up to 8 steps.
  beam: (size) => ({ rollouts: Math.ceil(size / 8) }),
  dvts: (size) => ({ rollouts: Math.ceil(size / 8) }),
  rebase: (size) => ({ rollouts: Math.ceil(size / 8) }),
  "particle-filter": (size) => ({ rollouts: Math.ceil(size / 8) }),
  "speculative-rejection": (size) => ({ rollouts: size, params: { rejection_rate: 0 } }),
  alpha: () => ({ rollouts: 4000, params: { search_time: 100_000 } }),
  "preference-mcts": () => ({ params: { n_actions: 6, max_depth: 6, iterations: 10_000 } }),
  "tot-dfs": () => ({ params: { max_states: 4096 } }),
  "tot-bfs": (size) => ({ params: { breadth: Math.ceil(size / 40), samples: 10 } }),
  "preference-bfs": (size) => ({ params: { breadth: Math.ceil(size / 40) } }),
};

interface Row {
  readonly method: string;
  readonly nodes: number;
  readonly microsecondsPerDecision: number;
}

/** Microseconds per decision of every method at growing trees, and what folding a large log costs. */
export async function decision(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: "boolean", default: false },
      runs: { type: "string", default: "5" },
      method: { type: "string" },
    },
  });
  const runs = Number(values.runs);
  const rows: Row[] = [];
  console.log(`microseconds per decision, width ${WIDTH}, medians of ${runs} runs`);
  console.log(`${"method".padEnd(22)}${SIZES.map((size) => `${size} nodes`.padStart(14)).join("")}`);
  for (const definition of METHODS) {
    if (values.method !== undefined && definition.name !== values.method) continue;
    const cells = SIZES.map((size) => {
      const measured = Array.from({ length: runs + 1 }, () => microsecondsAt(definition, size));
      // The first run warms the compiler up.
      const known = measured.slice(1).filter((value) => value !== null);
      if (known.length === 0) return null;
      const microsecondsPerDecision = Math.round(100 * median(known)) / 100;
      rows.push({ method: definition.name, nodes: size, microsecondsPerDecision });
      return microsecondsPerDecision;
    });
    const text = cells.map((cell) => (cell === null ? "-" : cell.toFixed(2)).padStart(14)).join("");
    console.log(`${definition.name.padEnd(22)}${text}`);
  }
  const fold = await foldLargeLog();
  console.log(
    `folding the log of ${fold.nodes} nodes (${fold.events} events): ${fold.foldMs} ms, ${fold.heapMiB} MiB of heap`,
  );
  if (values.json) console.log(JSON.stringify({ runs, width: WIDTH, rows, fold }));
}

/** Null where the method's plan is carried out before its tree is that large. */
function microsecondsAt(definition: MethodDefinition, size: number): number | null {
  const { rollouts = size, params = {} } = SETTINGS[definition.name]?.(size) ?? {};
  const parsed = definition.parse(params);
  if (!parsed.ok) throw new Error(`${definition.name}: ${JSON.stringify(parsed.error)}`);
  let spent = 0;
  let decisions = 0;
  grow({
    definition,
    params: parsed.value,
    rollouts,
    width: WIDTH,
    onDecision: (tree, microseconds) => {
      if (tree.nodes.length >= WINDOW * size) {
        spent += microseconds;
        decisions++;
      }
      return tree.nodes.length >= size ? "enough" : "go-on";
    },
  });
  return decisions === 0 ? null : spent / decisions;
}

interface FoldRow {
  readonly nodes: number;
  readonly events: number;
  readonly foldMs: number;
  readonly heapMiB: number;
}

const FOLD_SIZE = 10_000;
const BYTES_PER_MIB = 2 ** 20;

/** The tree alone: its log is let go of before the heap is read. */
async function foldLargeLog(): Promise<FoldRow> {
  const text = JSON.stringify(logOfNodes(FOLD_SIZE, WIDTH));
  const fold = (): Tree => foldTree(JSON.parse(text) as SearchEvent[], AUTOMATIC_ANSWER);
  fold();
  const before = await heapAfterCollection();
  const startedAt = performance.now();
  const tree = fold();
  const foldMs = Math.round(performance.now() - startedAt);
  const heapMiB = Math.round((10 * ((await heapAfterCollection()) - before)) / BYTES_PER_MIB) / 10;
  return { nodes: tree.nodes.length, events: tree.nextSequence, foldMs, heapMiB };
}

async function heapAfterCollection(): Promise<number> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  // A turn of the loop first: what the last one still holds on its stack is not garbage yet.
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  return process.memoryUsage().heapUsed;
}
