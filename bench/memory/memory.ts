import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { batchToRows, rowsToEvents } from "../../durable-objects/search-tree/rows.ts";
import { AUTOMATIC_ANSWER } from "../../src/core/answer/answer.ts";
import type { SearchEvent } from "../../src/core/event.ts";
import { foldTree } from "../../src/core/tree.ts";
import { logOfNodes } from "../decision/grow.ts";

const NODES = 10_000;
/** Characters of a step: some 75 tokens, a paragraph of reasoning. */
const STEP_CHARACTERS = 300;
const WIDTH = 64;

/**
 * Heap of a search of 10,000 nodes (I17: an isolate has 128 MB), in V8 as in workerd: the log as rows, the events read back
 * from them, and the tree folded from the events, which is what an object holds that resumes. After a full collection each.
 */
export async function memory(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { json: { type: "boolean", default: false } } });
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const heap = (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const rows = batchToRows(eventsOf(NODES));
  const logBytes = rows.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  const before = heap();
  const events = rowsToEvents(rows);
  const withEvents = heap();
  const tree = foldTree(events, AUTOMATIC_ANSWER);
  const withTree = heap();
  const result = {
    nodes: tree.nodes.length,
    events: events.length,
    logMegabytes: megabytes(logBytes),
    eventsMegabytes: megabytes(withEvents - before),
    treeMegabytes: megabytes(withTree - withEvents),
    resumeMegabytes: megabytes(withTree - before),
    limitMegabytes: 128,
  };
  console.table(result);
  if (values.json) console.log(JSON.stringify(result));
}

/** Grown by mcts on made-up answers, each step then lengthened. */
function eventsOf(nodes: number): SearchEvent[] {
  return logOfNodes(nodes, WIDTH).map((event) =>
    event.type === "thought-add"
      ? { ...event, thought: { ...event.thought, text: event.thought.text.padEnd(STEP_CHARACTERS, ".") } }
      : event,
  );
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e4) / 100;
}
