import { Agent, request as requestOf } from "node:http";
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { scriptedProvider, startProvider } from "../provider/process.ts";
import { startBareService } from "../workerd/service.ts";

/** WIRE.md 4.7 asks for 300; this is what an idle service should take. */
const GOAL_P50_MS = 50;
const WARM_UP = 20;

interface Timing {
  /** From the request being written to the body's first byte, and to its last. */
  readonly firstByteMs: number;
  readonly wholeMs: number;
  /** The first frame. */
  readonly first: string;
}

/**
 * How soon a stream begins while its search takes long: from the request leaving the client to the first byte of the
 * body, the role's chunk, on bare workerd with authentication, ledger, durable log and delivery to D1 on. One request at
 * a time over one kept connection; the next waits for the end of the search before it.
 */
export async function firstByte(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: "boolean", default: false },
      runs: { type: "string", default: "100" },
      "latency-ms": { type: "string", default: "500" },
    },
  });
  const runs = Number(values.runs);
  const latencyMs = Number(values["latency-ms"]);
  const provider = await startProvider({ latency: { firstToken: { type: "constant", ms: latencyMs } } });
  const service = await startBareService({ providers: [scriptedProvider(provider.url)] });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const body = JSON.stringify({
    model: "espalier/scripted",
    messages: [{ role: "user", content: "Say something." }],
    stream: true,
    search: { method: "best-of-n", verifier: "agreement", budget: { max_rollouts: 4, max_parallel: 4 } },
  });
  const ask = () => timingOf(new URL("/v1/chat/completions", service.url), service.key, body, agent);
  try {
    for (let run = 0; run < WARM_UP; run++) await ask();
    const timings: Timing[] = [];
    for (let run = 0; run < runs; run++) timings.push(await ask());
    check(timings, latencyMs);
    const sorted = timings.map(({ firstByteMs }) => firstByteMs).sort((a, b) => a - b);
    const [p50Ms = Number.NaN, p99Ms = Number.NaN] = [0.5, 0.99].map((share) => quantile(sorted, share));
    console.log(`first byte of a stream: p50 ${p50Ms} ms, p99 ${p99Ms} ms; goal: p50 of ${GOAL_P50_MS} ms`);
    console.log(
      `${runs} searches of 4 calls, one after another; the provider waits ${latencyMs} ms; bare workerd, ` +
        `${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}`,
    );
    if (values.json) console.log(JSON.stringify({ p50Ms, p99Ms }));
  } finally {
    agent.destroy();
    await service.close();
    await provider.close();
  }
}

/** Rejects where the service does not answer 200. */
function timingOf(url: URL, key: string, body: string, agent: Agent): Promise<Timing> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    const sentAtMs = performance.now();
    const request = requestOf(url, { method: "POST", headers, agent }, (response) => {
      let firstByteMs = Number.NaN;
      let first = "";
      response.on("data", (piece: Buffer) => {
        if (!Number.isNaN(firstByteMs)) return;
        firstByteMs = performance.now() - sentAtMs;
        first = piece.toString("utf8");
      });
      response.on("error", reject);
      response.on("end", () => {
        if (response.statusCode !== 200) reject(new Error(`${response.statusCode}: ${first}`));
        else resolve({ firstByteMs, wholeMs: performance.now() - sentAtMs, first });
      });
    });
    request.on("error", reject);
    request.end(body);
  });
}

/** What was timed is the role's chunk, and there was a search to wait for. */
function check(timings: readonly Timing[], latencyMs: number): void {
  for (const { first, wholeMs } of timings) {
    if (!first.includes('"role":"assistant"')) throw new Error(`the first bytes are no role: ${first}`);
    if (wholeMs < latencyMs) throw new Error(`a search took ${wholeMs} ms, less than the provider's ${latencyMs}`);
  }
}

function quantile(sorted: readonly number[], share: number): number {
  const at = Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1);
  return Math.round((sorted[at] ?? Number.NaN) * 100) / 100;
}
