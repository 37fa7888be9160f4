import { DurableObject, RpcTarget } from "cloudflare:workers";
import { createCanceller } from "../../src/core/cancellation.ts";
import { succeed } from "../../src/core/result.ts";
import { type Env, fanOutOf } from "../../src/env.ts";
import { egress, type Fetch, platformFetch } from "../../src/providers/egress.ts";
import { tagged } from "../../src/providers/fan-out/config.ts";
import { createLanes, HEADER_SLOTS, type Lane } from "../../src/providers/gate.ts";

/**
 * Makes provider calls for a tenant's searches, with the six connections of its own that every object has. Stable names
 * (`<tenant>/<provider>/<number>`), so that objects are shared and stay warm; nothing is stored. Searches take turns.
 */
export class Outlet extends DurableObject<Env> {
  readonly #lanes = createLanes([HEADER_SLOTS], false);

  /** Resolves when a slot is granted. A caller that has gone meanwhile never gets it: what it would have held is disposed. */
  async open(searchId: string): Promise<OutletConnection> {
    const lane = await this.#lanes.acquire(createCanceller().signal, searchId);
    if (lane === null) throw new Error("not granted");
    const { isTagged } = fanOutOf(this.env);
    return new OutletConnection(lane, isTagged ? tagged(platformFetch, this.ctx.id.toString()) : platformFetch);
  }
}

/** nginx's status for it. */
const CLIENT_CLOSED_REQUEST = 499;

/** One slot, for one call. */
export class OutletConnection extends RpcTarget {
  readonly #lane: Lane;
  readonly #controller = new AbortController();
  readonly #send: Fetch;

  constructor(lane: Lane, send: Fetch) {
    super();
    this.#lane = lane;
    this.#send = send;
  }

  /** The answer as it came: redirects are not followed, and what they mean is for the caller to say. */
  async fetch(request: Request): Promise<Response> {
    const { signal } = this.#controller;
    const left = await egress(this.#send, request, { signal })
      .catch((error: unknown) => {
        // Nobody hears what becomes of a call that was hung up: the platform would log it as an error of ours.
        if (signal.aborted) return succeed(new Response(null, { status: CLIENT_CLOSED_REQUEST }));
        throw error;
      })
      .finally(this.#lane.release);
    if (!left.ok) throw new Error(left.error.message);
    return left.value;
  }

  async hangUp(): Promise<void> {
    this[Symbol.dispose]();
  }

  /** The call is over, or the caller is gone. */
  [Symbol.dispose](): void {
    this.#lane.release();
    this.#controller.abort();
  }
}
