import { parseArgs } from "node:util";
import { median } from "../../src/core/statistics.ts";
import { scriptedProvider, startProvider } from "../provider/process.ts";
import { type BareService, startBareService } from "../workerd/service.ts";

/** A provider that sends its headers with its first token: what a queue before the model looks like from here. */
const HEADERS_MS = 100;
const WIDTHS = [6, 8, 16, 32, 64] as const;
const OUTLETS = 8;

interface Row {
  readonly width: number;
  /** Medians over the runs. */
  readonly withoutMs: number;
  readonly withMs: number;
  readonly speedUp: number;
  /** Most calls of one invocation without headers, of all runs. */
  readonly peakHeaderWaiting: number;
  /** Objects that made calls, in the last run. */
  readonly invocations: number;
}

/**
 * Wall time of one level of `width` calls with outlets and without, on bare workerd, while each invocation is held to six
 * connections that wait for headers, as production does. Both services are asked in turns.
 */
export async function fanOut(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { json: { type: "boolean", default: false }, runs: { type: "string", default: "7" } },
  });
  const runs = Number(values.runs);
  const provider = await startProvider({
    latency: { headers: { type: "constant", ms: HEADERS_MS } },
    headerSlots: 6,
  });
  const providers = [scriptedProvider(provider.url)];
  const start = (outlets: number) =>
    startBareService({ providers, variables: { FAN_OUT: JSON.stringify({ outlets, tagged: true }) } });
  const [without, withOutlets] = [await start(0), await start(OUTLETS)];
  try {
    for (const service of [without, withOutlets]) await wallOf(service, 64);
    const rows: Row[] = [];
    const names = ["width", "without ms", "with ms", "speed-up", "waiting", "objects"];
    console.log(names.map((name) => name.padStart(11)).join(""));
    for (const width of WIDTHS) {
      const walls: { readonly without: number[]; readonly with: number[] } = { without: [], with: [] };
      let peakHeaderWaiting = 0;
      let invocations = 0;
      for (let run = 0; run < runs; run++) {
        walls.without.push(await wallOf(without, width));
        await provider.resetLedger();
        walls.with.push(await wallOf(withOutlets, width));
        const ledger = await provider.ledger();
        peakHeaderWaiting = Math.max(peakHeaderWaiting, ledger.peakHeaderWaiting);
        invocations = new Set(ledger.calls.map(({ invocation }) => invocation)).size;
      }
      const [withoutMs, withMs] = [median(walls.without), median(walls.with)];
      const row: Row = {
        width,
        withoutMs: round(withoutMs),
        withMs: round(withMs),
        speedUp: Math.round((100 * withoutMs) / withMs) / 100,
        peakHeaderWaiting,
        invocations,
      };
      rows.push(row);
      console.log(
        Object.values(row)
          .map((value) => String(value).padStart(11))
          .join(""),
      );
    }
    console.log(`medians of ${runs} runs; headers after ${HEADERS_MS} ms, six waiting connections per invocation`);
    if (values.json) console.log(JSON.stringify({ runs, headersMs: HEADERS_MS, outlets: OUTLETS, rows }));
  } finally {
    await without.close();
    await withOutlets.close();
    await provider.close();
  }
}

async function wallOf(service: BareService, width: number): Promise<number> {
  const startedAt = performance.now();
  const response = await fetch(`${service.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${service.key}`, "content-type": "application/json" },
    body: JSON.stringify({
      model: "espalier/scripted",
      messages: [{ role: "user", content: "Use 4 9 10 13 to make 24" }],
      max_tokens: 32,
      search: { method: "best-of-n", verifier: "agreement", budget: { max_rollouts: width, max_parallel: width } },
    }),
  });
  if (!response.ok) throw new Error(await response.text());
  await response.arrayBuffer();
  return performance.now() - startedAt;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
