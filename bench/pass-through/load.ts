import { Agent, request } from "node:http";

/** Who is asked, and what. */
export interface LoadTarget {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Some clients, each asking again as soon as it has its answer. */
export interface LoadPhase {
  readonly target: string;
  readonly clients: number;
  readonly durationMs: number;
}

export interface LoadOrder {
  readonly targets: Readonly<Record<string, LoadTarget>>;
  readonly phases: readonly LoadPhase[];
}

export interface PhaseResult {
  readonly target: string;
  readonly clients: number;
  /** From the first request to the last answer. */
  readonly wallMs: number;
  /** Of every call, in order of arrival: from the request's first byte to the answer's last. */
  readonly latenciesMs: readonly number[];
  /** Answers that were not 200, and connections that broke. */
  readonly failures: number;
}

/**
 * The load generator: a program of its own, so that its work is not counted as anybody else's. Takes a LoadOrder as its
 * argument, prints one PhaseResult a line. Connections are kept open, one per client and target.
 */
async function runPhase(target: LoadTarget, { clients, durationMs, target: name }: LoadPhase): Promise<PhaseResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const latenciesMs: number[] = [];
  let failures = 0;
  // One call each, to open the connections.
  await Promise.all(Array.from({ length: clients }, () => callOnce(target, agent)));
  const startedAt = performance.now();
  const client = async (): Promise<void> => {
    while (performance.now() - startedAt < durationMs) {
      const sentAt = performance.now();
      const isFine = await callOnce(target, agent);
      latenciesMs.push(performance.now() - sentAt);
      if (!isFine) failures++;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const wallMs = performance.now() - startedAt;
  agent.destroy();
  return { target: name, clients, wallMs, latenciesMs, failures };
}

function callOnce({ url, headers, body }: LoadTarget, agent: Agent): Promise<boolean> {
  return new Promise((resolve) => {
    const length = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const call = request(url, { method: "POST", agent, headers: { ...headers, ...length } }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode === 200));
      response.on("error", () => resolve(false));
    });
    call.on("error", () => resolve(false));
    call.end(body);
  });
}

const order = JSON.parse(process.argv[2] ?? "") as LoadOrder;
for (const phase of order.phases) {
  const target = order.targets[phase.target];
  if (target === undefined) throw new Error(`no target ${phase.target}`);
  console.log(JSON.stringify(await runPhase(target, phase)));
}
