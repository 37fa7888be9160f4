import type { Fetch } from "../egress.ts";

/** One granted slot of an outlet, for one call. Disposing it gives the slot back, as does losing the caller. */
export interface Connection extends Disposable {
  fetch(request: Request): Promise<Response>;
  /** Ends the call, wherever it stands. Disposing does not: it waits for calls under way. */
  hangUp(): Promise<void>;
}

/** `fetch` by way of an outlet. A signal does not cross between objects: an abort hangs up. */
export function remoteFetch(connection: Connection): Fetch {
  return async (input, init) => {
    const { signal, ...rest } = init ?? {};
    signal?.throwIfAborted();
    const request = new Request(input, { ...rest, redirect: "manual" });
    const response = await abortable(connection.fetch(request), signal ?? null, () => {
      connection.hangUp().catch(() => {});
    });
    if (response.body === null || signal == null) return response;
    // The signal must also cut a body, as it does with the platform's own fetch.
    const body = response.body.pipeThrough(new TransformStream<Uint8Array, Uint8Array>(), { signal });
    return new Response(body, { status: response.status, headers: response.headers });
  };
}

function abortable<Value>(work: Promise<Value>, signal: AbortSignal | null, hangUp: () => void): Promise<Value> {
  if (signal === null) return work;
  return new Promise((resolve, reject) => {
    const abort = () => {
      hangUp();
      reject(signal.reason);
    };
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
