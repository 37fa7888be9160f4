import { createRandom } from "../../../src/core/random.ts";
import type { Network } from "../platform/network.ts";
import { type Host, type Scheduler, WORLD } from "../platform/scheduler.ts";
import { CHAOS_MS, drawMs, type Profile } from "./profile.ts";

/** What a client was told. */
export interface Told {
  readonly request: PlannedRequest;
  readonly status: number;
  readonly text: string;
  readonly searchId: string | null;
}

/** One thing that somebody wants of the service, however often it has to be asked for. */
export interface PlannedRequest {
  readonly number: number;
  readonly atMs: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** Null: it sends no idempotency key. */
  readonly key: string | null;
  /** It counts its repetitions, as OpenAI's SDKs do. */
  readonly isCounted: boolean;
  /** Asks the service to end the search, so long after it has heard of it. */
  readonly cancelAfterMs: number | null;
}

export interface Clients {
  readonly told: readonly Told[];
  /** Requests that may still be repeated. */
  readonly waiting: number;
}

export interface ClientsOptions {
  readonly scheduler: Scheduler;
  readonly network: Network;
  readonly profile: () => Profile;
  readonly serve: (request: Request, context: object) => Promise<Response>;
  readonly apiKey: string;
}

/** Repetitions of one request, the first included: two of the SDK's, and whoever has a key goes on. */
const MOST_TRIES = 5;
const SDK_TRIES = 3;
const PATIENCE_MS = 120_000;
const WAIT_UNTIL_MS = 30_000;

export function startClients(options: ClientsOptions, plan: readonly PlannedRequest[]): Clients {
  const { scheduler, network, profile, serve, apiKey } = options;
  const random = scheduler.random("clients");
  const told: Told[] = [];
  let waiting = plan.length;

  /** Rejects where the connection breaks or nobody answers. */
  const exchange = (client: Host, method: string, path: string, headers: object, body?: string): Promise<Response> =>
    new Promise((resolve, reject) => {
      network.send(client, null, `${method} ${path}`, reject, (reply) => {
        const worker: Host = { name: `worker of ${client.name}`, isAlive: true, clockSkewMs: 0 };
        const connection = new AbortController();
        const die = (): void => {
          worker.isAlive = false;
          scheduler.note(`${worker.name}: crash`);
          reply(() => reject(new Error("the connection was reset")));
        };
        // What is left of it, once nobody is there any more (PLATFORM.md: `waitUntil` is 30 s).
        const endSoon = (): void => {
          scheduler.schedule(WAIT_UNTIL_MS, WORLD, () => {
            worker.isAlive = false;
          });
        };
        if (random.next() < profile().workerCrashRate) scheduler.schedule(drawMs(random, 2000), WORLD, die);
        const leaveAfterMs = random.next() < profile().impatience ? drawMs(random, 3000) : PATIENCE_MS;
        scheduler.schedule(leaveAfterMs, worker, () => {
          connection.abort();
          endSoon();
        });
        scheduler.schedule(leaveAfterMs, client, () => reject(new Error("the client has gone")));
        scheduler.become(worker);
        const { signal } = connection;
        const request = new Request(`https://espalier.test/v1${path}`, {
          method,
          headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json", ...headers },
          signal,
          ...(body !== undefined && { body }),
        });
        const context = { waitUntil: (work: Promise<unknown>) => void work.catch(() => undefined) };
        serve(request, context)
          .then(async (response) => new Response(await response.text(), response))
          .finally(endSoon)
          .then(
            (response) => reply(() => resolve(response)),
            (error: unknown) => reply(() => reject(error)),
          );
      });
    });

  const ask = async (client: Host, request: PlannedRequest): Promise<void> => {
    const { key, isCounted, body, cancelAfterMs } = request;
    const tries = key !== null ? MOST_TRIES : isCounted ? SDK_TRIES : 1;
    for (let attempt = 0; attempt < tries; attempt++) {
      const headers = {
        ...(key !== null && { "idempotency-key": key }),
        ...(isCounted && { "x-stainless-retry-count": String(attempt) }),
      };
      const response = await exchange(client, "POST", "/chat/completions", headers, JSON.stringify(body)).catch(
        () => null,
      );
      if (response !== null) {
        const searchId = response.headers.get("x-search-id");
        const { status } = response;
        const text = await response.text();
        told.push({ request, status, text, searchId });
        scheduler.note(`${client.name}: ${status} ${searchId ?? ""}${status === 200 ? "" : text}`);
        if (searchId !== null && cancelAfterMs !== null) {
          await new Promise<void>((resolve) => void scheduler.schedule(cancelAfterMs, client, resolve));
          await exchange(client, "POST", `/searches/${searchId}/cancel`, {}).catch(() => null);
        }
        if (status < 500 && status !== 429 && status !== 408 && status !== 409) return;
      }
      const pauseMs = 500 * 2 ** attempt * (1 + random.next());
      await new Promise<void>((resolve) => void scheduler.schedule(pauseMs, client, resolve));
    }
  };

  for (const request of plan) {
    const client: Host = { name: `client ${request.number}`, isAlive: true, clockSkewMs: 0 };
    scheduler.schedule(request.atMs, client, () => {
      ask(client, request).finally(() => waiting--);
    });
  }
  return {
    told,
    get waiting() {
      return waiting;
    },
  };
}

/** Methods whose steps are proposals alone, judged by an exact checker: what is simulated is the loop around them. */
const METHODS = ["single", "best-of-n", "self-consistency", "mcts"];
/** Those that cannot do without the checker's opinion of a step. */
const STEERED_METHODS = ["beam", "rebase", "dvts", "tot-bfs"];
const HANDS = ["4 9 10 13", "4 4 6 8", "1 2 3 4", "2 3 5 12", "1 1 1 1"];

export function planRequests(seed: number): readonly PlannedRequest[] {
  const random = createRandom(seed, "plan");
  const pick = <T>(list: readonly T[]): T => list[random.integer(list.length)] as T;
  const maybe = <T>(share: number, value: T): T | null => (random.next() < share ? value : null);
  const count = 1 + random.integer(4);
  const keys = ["alpha", "beta"];
  return Array.from({ length: count }, (_unused, number) => {
    const budget = {
      max_rollouts: 1 + random.integer(6),
      max_parallel: 1 + random.integer(4),
      ...(random.next() < 0.3 && { max_wall_ms: 1000 + random.integer(40_000) }),
      ...(random.next() < 0.3 && { max_total_tokens: 1000 + random.integer(20_000) }),
      ...(random.next() < 0.2 && { max_cost_usd: 0.0005 + random.next() / 100 }),
    };
    const hand = pick(HANDS);
    const isSteered = random.next() < 0.4;
    const body = {
      model: "espalier/sim",
      max_tokens: 60,
      seed: random.next() < 0.5 ? 7 : undefined,
      messages: [{ role: "user", content: `Use ${hand} to make 24` }],
      search: {
        method: pick(isSteered ? STEERED_METHODS : METHODS),
        budget,
        verifier: isSteered ? pick(["value", "judge"]) : pick(["game-of-24", "game-of-24", "none", "judge"]),
        ...(random.next() < 0.3 && { on_disconnect: pick(["cancel", "finish"]) }),
      },
    };
    return {
      number,
      atMs: random.next() * CHAOS_MS * 0.6,
      body,
      key: maybe(0.4, pick(keys)),
      isCounted: random.next() < 0.6,
      cancelAfterMs: maybe(0.15, random.integer(3000)),
    };
  });
}
