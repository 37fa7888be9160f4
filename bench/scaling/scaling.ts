import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { handsOfSplit, SPLIT_CAVEAT } from "../../model/corpus/split.ts";
import { createModelServer } from "../../model/server.ts";
import { embeddedProvider } from "../../scripts/local/providers.ts";
import { startLocalService } from "../../scripts/local/service.ts";
import { ROOT } from "../../scripts/run.ts";
import type { SearchEvent } from "../../src/core/event.ts";
import { formatRational } from "../../src/verifiers/rational.ts";
import { type Outcome, outcomeOf, rowOf, type ScalingRow, solvedWithin } from "./measure.ts";
import { plotScaling } from "./plot.ts";

const BUDGETS = [1, 2, 4, 8, 16, 32, 64];
/** Generated tokens at which methods are compared on equal terms. */
const TOKEN_CAPS = [50, 100, 150, 200, 300, 400, 600, 800, 1200, 1600];

/** Nothing but rollouts (or tokens) shall bind. */
const ROOMY = { max_wall_ms: 120_000, max_model_calls: 100_000 };

/** What is measured: greedy, and each method over growing budgets of completed candidates. */
const CASES: readonly { readonly method: string; readonly rollouts: number }[] = [
  { method: "single", rollouts: 1 },
  ...["best-of-n", "self-consistency", "mcts"].flatMap((method) => BUDGETS.map((rollouts) => ({ method, rollouts }))),
];

/**
 * Accuracy over compute on held-out hands, through the running product: HTTP to the Worker on workerd, its Durable
 * Objects, its provider, the real model. The answers are checked by the exact checker, whatever the search believed.
 */
export async function scaling(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: "boolean", default: false },
      problems: { type: "string", default: "200" },
      split: { type: "string", default: "test" },
      seed: { type: "string", default: "1" },
      out: { type: "string", default: join(ROOT, "docs", "scaling.svg") },
    },
  });
  if (values.split !== "test" && values.split !== "validation") throw new Error("--split is test or validation");
  const hands = handsOfSplit(values.split)
    .slice(0, Number(values.problems))
    .map((hand) => hand.map(formatRational).join(" "));
  const seed = Number(values.seed);
  const state = mkdtempSync(join(tmpdir(), "espalier-bench-"));
  const model = await createModelServer();
  const service = await startLocalService({ port: 0, stateDirectory: state, providers: [embeddedProvider(model.url)] });
  const ask = (hand: string, index: number, search: unknown, temperature: number) =>
    searchOnce(service, { hand, search, temperature, seed: seed * 1000 + index });
  try {
    const rows: ScalingRow[] = [];
    console.log(HEADER);
    for (const { method, rollouts } of CASES) {
      const budget = { max_rollouts: rollouts, max_parallel: Math.min(8, rollouts), ...ROOMY };
      const outcomes = await overHands(hands, (hand, index) =>
        ask(hand, index, { method, budget }, method === "single" ? 0 : 1),
      );
      const row = rowOf(method, rollouts, outcomes);
      rows.push(row);
      console.log(lineOf(row));
    }

    const equalTokens = [];
    for (const method of ["best-of-n", "mcts"]) {
      // One step at a time, so that no token is spent in parallel with the answer; the cap is far above the last column.
      const budget = { max_rollouts: 64, max_parallel: 1, max_total_tokens: 12_000, ...ROOMY };
      const outcomes = await overHands(hands, (hand, index) => ask(hand, index, { method, budget }, 1));
      equalTokens.push({
        method,
        generatedTokens: TOKEN_CAPS.map((tokens) => ({ tokens, solved: solvedWithin(outcomes, tokens, generated) })),
        totalTokens: TOKEN_CAPS.map((tokens) => ({ tokens, solved: solvedWithin(outcomes, tokens, total) })),
      });
    }
    console.log(`\nSolved within a budget of tokens, width 1 (share of ${hands.length} ${values.split} hands)`);
    for (const [name, key] of [
      ["generated tokens", "generatedTokens"],
      ["prompt + generated", "totalTokens"],
    ] as const) {
      console.log(`${name.padEnd(20)}${TOKEN_CAPS.map((cap) => String(cap).padStart(7)).join("")}`);
      for (const one of equalTokens) {
        console.log(`  ${one.method.padEnd(18)}${one[key].map(({ solved }) => percent(solved)).join("")}`);
      }
    }
    console.log(`\n${hands.length} ${values.split} hands, one run, seed ${seed}. ${SPLIT_CAVEAT}`);

    const svg = await plotScaling(rows, equalTokens, `Game of 24, ${hands.length} ${values.split} hands`);
    writeFileSync(values.out, svg);
    console.log(`wrote ${values.out}`);
    if (values.json) {
      console.log(JSON.stringify({ problems: hands.length, split: values.split, seed, runs: 1, rows, equalTokens }));
    }
  } finally {
    await service.close();
    await model.close();
    rmSync(state, { recursive: true, force: true });
  }
}

const generated = ({ completionTokens }: Outcome): number => completionTokens;
const total = ({ completionTokens, promptTokens }: Outcome): number => completionTokens + promptTokens;

interface SearchOnce {
  readonly hand: string;
  readonly search: unknown;
  readonly temperature: number;
  readonly seed: number;
}

async function searchOnce(
  service: { url: string; key: string },
  { hand, search, temperature, seed }: SearchOnce,
): Promise<Outcome> {
  const headers = { authorization: `Bearer ${service.key}`, "content-type": "application/json" };
  const messages = [{ role: "user", content: `Use ${hand} to make 24` }];
  const response = await fetch(`${service.url}/v1/chat/completions`, {
    method: "POST",
    headers,
    body: JSON.stringify({ model: "espalier/24", messages, search, temperature, seed, max_tokens: 72 }),
  });
  const body = await response.text();
  const id = response.headers.get("x-search-id");
  if (id === null) throw new Error(`no search was made: ${response.status} ${body}`);
  const events = await fetch(`${service.url}/v1/searches/${id}/events`, { headers });
  const lines = (await events.text()).trim().split("\n");
  return outcomeOf(lines.map((line) => JSON.parse(line) as SearchEvent));
}

/** Problems that are worked on at once: enough to keep both cores busy. */
const CONCURRENCY = 6;

async function overHands(
  hands: readonly string[],
  solve: (hand: string, index: number) => Promise<Outcome>,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (;;) {
      const index = next++;
      const hand = hands[index];
      if (hand === undefined) return;
      outcomes[index] = await solve(hand, index);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return outcomes;
}

const HEADER = `${"method".padEnd(18)}${["rollouts", "served", "95 %", "oracle", "tokens", "prompt", "calls", "path"]
  .map((name) => name.padStart(10))
  .join("")}`;

function lineOf(row: ScalingRow): string {
  const interval = row.servedInterval.map((bound) => (100 * bound).toFixed(0)).join("-");
  const cells = [
    String(row.rollouts),
    `${(100 * row.served).toFixed(1)}%`,
    interval,
    `${(100 * row.oracle).toFixed(1)}%`,
    row.tokens.toFixed(0),
    row.promptTokens.toFixed(0),
    row.calls.toFixed(1),
    row.criticalPathCalls.toFixed(1),
  ];
  return `${row.method.padEnd(18)}${cells.map((cell) => cell.padStart(10)).join("")}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)}%`.padStart(7);
}
