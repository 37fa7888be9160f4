import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Action } from "./action.ts";
import { createLedger, type Ledger, type LedgerWriter } from "./ledger.ts";
import { play } from "./play.ts";

/**
 * A real HTTP server that answers model calls as a script tells it, faults included, and keeps a ledger of all it was
 * asked. For tests only.
 *
 *     const upstream = await createScriptedUpstream(({ number }) => (number === 1 ? FAULTS.overloaded : answer(["24"])));
 *     // base URL: upstream.url; afterwards: upstream.ledger.calls; at the end: await upstream.close()
 */
export interface ScriptedUpstream {
  /** With the version segment: "http://127.0.0.1:4711/v1". */
  readonly url: string;
  readonly ledger: Ledger;
  /** Cuts open connections; may be called twice. */
  close(): Promise<void>;
}

/** Decides the answer to one call; called when the whole request has arrived. */
export type Script = (call: ScriptedCall) => readonly Action[] | Promise<readonly Action[]>;

export interface ScriptedCall {
  /** From 1, in order of arrival. */
  readonly number: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** `n` of the body; 1 where absent. */
  readonly count: number;
  readonly seed: number | null;
  readonly messages: readonly { readonly role: string; readonly content: unknown }[];
}

export async function createScriptedUpstream(script: Script): Promise<ScriptedUpstream> {
  const ledger = createLedger();
  const server = createServer((request, response) => {
    serve(script, ledger, request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    ledger,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Where adapters post to; what is answered there is the script's affair. */
const PATHS: ReadonlySet<string> = new Set(
  ["chat/completions", "responses", "completions", "run"].map((at) => `/v1/${at}`),
);

async function serve(script: Script, ledger: LedgerWriter, request: IncomingMessage, response: ServerResponse) {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  const path = request.url ?? "";
  if (request.method !== "POST" || !PATHS.has(path)) {
    response.writeHead(404, { "content-type": "application/json" }).end('{"error":{"message":"unknown url"}}');
    return;
  }
  const body: Record<string, unknown> = JSON.parse(Buffer.concat(pieces).toString("utf8"));
  const number = ledger.receive(path, body, request.headers);
  const closed = new Promise<void>((resolve) => {
    response.on("close", () => {
      ledger.end(number, !response.writableFinished);
      resolve();
    });
  });
  await play(await script(callOf(number, body)), response, closed, () => ledger.sendHeaders(number));
}

function callOf(number: number, body: Readonly<Record<string, unknown>>): ScriptedCall {
  return {
    number,
    body,
    count: typeof body.n === "number" ? body.n : 1,
    seed: typeof body.seed === "number" ? body.seed : null,
    messages: Array.isArray(body.messages) ? body.messages : [],
  };
}

export * from "./action.ts";
export * from "./answer.ts";
export * from "./faults.ts";
export type { Ledger, UpstreamCall } from "./ledger.ts";
