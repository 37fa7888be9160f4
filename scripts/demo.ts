import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, styleText } from "node:util";
import { handsOfSplit, SPLIT_CAVEAT } from "../model/corpus/split.ts";
import { createModelServer } from "../model/server.ts";
import type { Tree } from "../src/core/tree.ts";
import { formatRational } from "../src/verifiers/rational.ts";
import { askWithTree } from "./demo/ask.ts";
import { drawTree } from "./demo/draw-tree.ts";
import { embeddedProvider } from "./local/providers.ts";
import { startLocalService } from "./local/service.ts";

/** `npm run demo`: a few held-out hands, greedily and by search, with the tree drawn for each that search was needed for. */
const { values } = parseArgs({
  options: {
    hands: { type: "string", default: "6" },
    method: { type: "string", default: "mcts" },
    calls: { type: "string", default: "200" },
    "latency-ms": { type: "string", default: "60" },
  },
});

const BAR_WIDTH = 24;
const maxCalls = Number(values.calls);
const state = mkdtempSync(join(tmpdir(), "espalier-demo-"));
// A little latency, as a model of any size has: it makes the search visible.
const model = await createModelServer({ latencyMs: Number(values["latency-ms"]) });
const service = await startLocalService({ port: 0, stateDirectory: state, providers: [embeddedProvider(model.url)] });
const hands = handsOfSplit("test")
  .slice(0, Number(values.hands))
  .map((hand) => hand.map(formatRational).join(" "));

console.log(
  `The embedded model on ${hands.length} hands that were held out of its training, greedily and by ${values.method}.\n`,
);
let greedyRight = 0;
let searchRight = 0;
for (const [index, hand] of hands.entries()) {
  const messages = [{ role: "user", content: `Use ${hand} to make 24` }];
  const greedy = await askWithTree(service, { messages, search: "single", temperature: 0 }, () => {});
  console.log(styleText("bold", `Use ${hand} to make 24`));
  console.log(`  greedy  ${mark(greedy.isProven)} ${lastLine(greedy.content)}`);

  const budget = { max_rollouts: 64, max_model_calls: maxCalls, max_parallel: 8 };
  const searched = await askWithTree(
    service,
    { messages, seed: index, search: { method: values.method, budget } },
    showProgress,
  );
  clearProgress();
  const { rollouts: made, calls, tokens } = searched.tree.spent;
  console.log(`  search  ${mark(searched.isProven)} ${lastLine(searched.content)}`);
  console.log(styleText("dim", `          ${made} candidates, ${calls} calls, ${tokens} tokens`));
  if (!greedy.isProven) console.log(drawTree(searched.tree));
  console.log("");
  greedyRight += Number(greedy.isProven);
  searchRight += Number(searched.isProven);
}
console.log(
  styleText(
    "bold",
    `greedy ${greedyRight} of ${hands.length}, search ${searchRight} of ${hands.length}, each answer checked exactly.`,
  ),
);
console.log(styleText("dim", SPLIT_CAVEAT));

await service.close();
await model.close();
rmSync(state, { recursive: true, force: true });
process.exit(0);

function showProgress(tree: Tree): void {
  if (!process.stdout.isTTY) return;
  const filled = Math.min(BAR_WIDTH, Math.round((BAR_WIDTH * tree.spent.calls) / maxCalls));
  const bar = `${"█".repeat(filled)}${"░".repeat(BAR_WIDTH - filled)}`;
  process.stdout.write(
    `\r  search  ${bar} ${tree.spent.calls}/${maxCalls} calls, ${tree.nodes.length} thoughts, ${tree.rollouts} candidates  `,
  );
}

function clearProgress(): void {
  if (process.stdout.isTTY) process.stdout.write("\r\u001b[K");
}

function mark(isRight: boolean): string {
  return isRight ? styleText("green", "✓") : styleText("red", "✗");
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
