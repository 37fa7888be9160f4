import type { Order } from "./requests.ts";

/** Who starts the searches. Each asks until it has been told its search's id, and then leaves. */
export interface Clients {
  /** Search ids by idempotency key, so far. */
  readonly acknowledged: ReadonlyMap<string, string>;
  begin(order: Order): void;
  /** Requests beyond the first of each order: the connection was cut before an answer came. */
  readonly repeated: number;
  /** Answers that say it was the client's fault: there are none to be. */
  readonly refusals: readonly string[];
  stop(): void;
}

/** Where the service is, for as long as it lives. */
export interface Door {
  readonly url: string;
  readonly key: string;
}

const PAUSE_MS = 150;
const TIMEOUT_MS = 3000;

export function createClients(door: () => Door | null): Clients {
  const acknowledged = new Map<string, string>();
  const refusals: string[] = [];
  let isStopped = false;
  let repeated = 0;
  const askUntilAnswered = async (order: Order): Promise<void> => {
    for (let tries = 0; !isStopped; ) {
      const at = door();
      if (at !== null) {
        if (tries++ > 0) repeated++;
        const answer = await ask(at, order);
        if (answer.type === "begun") acknowledged.set(order.key, answer.searchId);
        if (answer.type === "refused") refusals.push(answer.text);
        if (answer.type !== "cut") return;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  };
  return {
    acknowledged,
    refusals,
    get repeated() {
      return repeated;
    },
    begin: (order) => void askUntilAnswered(order),
    stop: () => {
      isStopped = true;
    },
  };
}

type Answer =
  | { readonly type: "begun"; readonly searchId: string }
  | { readonly type: "refused"; readonly text: string }
  /** No answer, or none in time, or one that says to come again: the same is sent again under the same key. */
  | { readonly type: "cut" };

async function ask({ url, key }: Door, { key: idempotencyKey, path, body }: Order): Promise<Answer> {
  const leaving = new AbortController();
  const timer = setTimeout(() => leaving.abort(), TIMEOUT_MS);
  try {
    const response = await fetch(url + path, {
      method: "POST",
      signal: leaving.signal,
      headers: {
        authorization: `Bearer ${key}`,
        "content-type": "application/json",
        "idempotency-key": idempotencyKey,
      },
      body: JSON.stringify(body),
    });
    const searchId = response.headers.get("x-search-id");
    if (response.ok && searchId !== null) return { type: "begun", searchId };
    const text = `${path}: ${response.status} ${await response.text()}`;
    return response.status >= 500 || response.status === 429 ? { type: "cut" } : { type: "refused", text };
  } catch {
    return { type: "cut" };
  } finally {
    clearTimeout(timer);
    leaving.abort();
  }
}
