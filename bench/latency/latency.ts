import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createModelServer } from "../../model/server.ts";
import { embeddedProvider } from "../../scripts/local/providers.ts";
import { startLocalService } from "../../scripts/local/service.ts";
import { median } from "../../src/core/statistics.ts";

/** What a model of some size takes to its first token; the tiny model behind it adds its own few milliseconds. */
const MODEL_LATENCY_MS = 300;

const CASES: readonly { readonly rollouts: number; readonly width: number }[] = [
  { rollouts: 1, width: 1 },
  { rollouts: 8, width: 8 },
  { rollouts: 16, width: 8 },
  { rollouts: 64, width: 8 },
  { rollouts: 64, width: 16 },
  { rollouts: 64, width: 64 },
];

interface Row {
  readonly rollouts: number;
  readonly width: number;
  /** Medians over the runs. */
  readonly wallMs: number;
  readonly callMs: number;
  /** ceil(rollouts / width) calls in sequence: nothing can be faster. */
  readonly criticalPathMs: number;
  readonly ratioToCriticalPath: number;
}

/**
 * Wall time of a search against its critical path, through the running product: HTTP, the Worker on workerd, its Durable
 * Object and its log on disk, the gate, the provider. The length of a call is taken from the provider's own ledger.
 */
export async function latency(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { json: { type: "boolean", default: false }, runs: { type: "string", default: "5" } },
  });
  const runs = Number(values.runs);
  const state = mkdtempSync(join(tmpdir(), "espalier-bench-"));
  const model = await createModelServer({ latencyMs: MODEL_LATENCY_MS });
  const service = await startLocalService({ port: 0, stateDirectory: state, providers: [embeddedProvider(model.url)] });
  const search = async (rollouts: number, width: number): Promise<number> => {
    const startedAt = performance.now();
    const response = await fetch(`${service.url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${service.key}`, "content-type": "application/json" },
      body: JSON.stringify({
        model: "espalier/24",
        messages: [{ role: "user", content: "Use 4 9 10 13 to make 24" }],
        max_tokens: 16,
        // Agreement proves nothing: every rollout is made.
        search: { method: "best-of-n", verifier: "agreement", budget: { max_rollouts: rollouts, max_parallel: width } },
      }),
    });
    if (!response.ok) throw new Error(await response.text());
    await response.arrayBuffer();
    return performance.now() - startedAt;
  };
  try {
    await search(8, 8);
    const rows: Row[] = [];
    console.log(
      ["rollouts", "width", "wall ms", "call ms", "path ms", "ratio"].map((name) => name.padStart(10)).join(""),
    );
    for (const { rollouts, width } of CASES) {
      const walls: number[] = [];
      const calls: number[] = [];
      for (let run = 0; run < runs; run++) {
        model.resetLedger();
        walls.push(await search(rollouts, width));
        for (const { receivedMs, endMs } of model.ledger().calls) if (endMs !== null) calls.push(endMs - receivedMs);
      }
      const [wallMs, callMs] = [median(walls), median(calls)].map((value) => Math.round(value * 10) / 10) as [
        number,
        number,
      ];
      const criticalPathMs = Math.round(Math.ceil(rollouts / width) * callMs * 10) / 10;
      const row = {
        rollouts,
        width,
        wallMs,
        callMs,
        criticalPathMs,
        ratioToCriticalPath: Math.round((1000 * wallMs) / criticalPathMs) / 1000,
      };
      rows.push(row);
      console.log(
        Object.values(row)
          .map((value) => String(value).padStart(10))
          .join(""),
      );
    }
    console.log(`medians of ${runs} runs; the model waits ${MODEL_LATENCY_MS} ms before its first token`);
    if (values.json) console.log(JSON.stringify({ runs, modelLatencyMs: MODEL_LATENCY_MS, rows }));
  } finally {
    await service.close();
    await model.close();
    rmSync(state, { recursive: true, force: true });
  }
}
