import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { median } from "../../src/core/statistics.ts";
import { HEADER_SLOTS } from "../../src/providers/gate.ts";
import { type ProviderProcess, scriptedProvider, startProvider } from "../provider/process.ts";
import { type BareService, startBareService } from "../workerd/service.ts";
import { atOnce, CASES, type Case } from "./cases.ts";

interface Row {
  readonly name: string;
  readonly width: number;
  /** Medians over the runs. */
  readonly wallMs: number;
  readonly criticalPathMs: number;
  readonly ratioToCriticalPath: number;
  readonly calls: number;
  /** The most of any run: above six, production would have queued. */
  readonly peakHeaderWaiting: number;
}

/**
 * Wall time of a search against the calls in sequence that it cannot avoid, on bare workerd with everything on: from the
 * request's first byte to the answer's last. The provider takes its time to the first token, headers at once (or, with
 * `--late-headers`, before the headers), and lets six connections wait for headers.
 */
export async function criticalPath(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: "boolean", default: false },
      runs: { type: "string", default: "5" },
      "latency-ms": { type: "string", default: "100" },
      "late-headers": { type: "boolean", default: false },
    },
  });
  const runs = Number(values.runs);
  const latencyMs = Number(values["latency-ms"]);
  const areHeadersLate = values["late-headers"];
  const latency = { [areHeadersLate ? "headers" : "firstToken"]: { type: "constant" as const, ms: latencyMs } };
  const provider = await startProvider({ latency, headerSlots: HEADER_SLOTS });
  // No outlets: the path of one invocation is what is looked at. `npm run bench -- fan-out` shows what they change.
  const service = await startBareService({ providers: [scriptedProvider(provider.url)] });
  try {
    for (const one of CASES) await search(service, one, 0);
    const rows: Row[] = [];
    print(["", "width", "wall ms", "min-max", "path ms", "ratio", "calls", "waiting"]);
    for (const one of CASES) {
      const walls: number[] = [];
      const counts: number[] = [];
      const peaks: number[] = [];
      for (let run = 1; run <= runs; run++) {
        await idle(provider);
        walls.push(await search(service, one, run));
        const { count, peakHeaderWaiting } = await provider.ledger();
        counts.push(count);
        peaks.push(peakHeaderWaiting);
      }
      const criticalPathMs = one.stages(atOnce(areHeadersLate)) * latencyMs;
      const row = {
        name: one.name,
        width: one.width,
        wallMs: Math.round(median(walls)),
        criticalPathMs,
        ratioToCriticalPath: Math.round((1000 * median(walls)) / criticalPathMs) / 1000,
        calls: median(counts),
        peakHeaderWaiting: Math.max(...peaks),
      };
      rows.push(row);
      const spread = `${Math.round(Math.min(...walls))}-${Math.round(Math.max(...walls))}`;
      const { name, width, wallMs, ratioToCriticalPath, calls, peakHeaderWaiting } = row;
      print([name, width, wallMs, spread, criticalPathMs, ratioToCriticalPath, calls, peakHeaderWaiting]);
    }
    const load = loadavg()[0]?.toFixed(1);
    console.log(
      `medians of ${runs} runs; a call takes ${latencyMs} ms; load of the machine ${load}, ${cpus().length} cores`,
    );
    if (values.json) console.log(JSON.stringify({ runs, latencyMs, areHeadersLate, rows }));
  } finally {
    await service.close();
    await provider.close();
  }
}

/** Milliseconds. Throws where the search did not go as the case says. */
async function search(service: BareService, { search, question }: Case, seed: number): Promise<number> {
  const sentAt = performance.now();
  const response = await fetch(`${service.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${service.key}`, "content-type": "application/json" },
    body: JSON.stringify({
      model: "espalier/scripted",
      // Another conversation in every run: remembered judgements would make the later ones cheaper.
      messages: [{ role: "user", content: `${question} (${seed})` }],
      max_tokens: 64,
      temperature: 1,
      seed,
      search,
    }),
  });
  const text = await response.text();
  const wallMs = performance.now() - sentAt;
  if (!response.ok) throw new Error(text);
  return wallMs;
}

/** Until the search before has delivered its rows and the provider has nothing open, its ledger begun anew. */
async function idle(provider: ProviderProcess): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 300));
  for (;;) {
    const { open } = await provider.ledger();
    if (open === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await provider.resetLedger();
}

function print(cells: readonly unknown[]): void {
  console.log(cells.map((cell, at) => (at === 0 ? String(cell).padEnd(22) : String(cell).padStart(12))).join(""));
}
