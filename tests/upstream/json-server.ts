import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A real HTTP server that answers JSON posts as a script tells it, faults included, and remembers what it was asked. */
export interface JsonServer {
  /** "http://127.0.0.1:4711". */
  readonly url: string;
  readonly calls: readonly JsonCall[];
  close(): Promise<void>;
}

export interface JsonCall {
  /** From 1, in order of arrival. */
  readonly number: number;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** As it came. */
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: the shape is the test's affair
  readonly body: any;
}

export type JsonAnswer =
  | { readonly json: unknown; readonly status?: number; readonly headers?: Record<string, string> }
  | { readonly text: string; readonly status?: number; readonly headers?: Record<string, string> }
  /** A byte every so often, for ever. */
  | { readonly dripMs: number }
  | { readonly fault: "stall" | "reset" };

export async function createJsonServer(script: (call: JsonCall) => JsonAnswer): Promise<JsonServer> {
  const calls: JsonCall[] = [];
  const server = createServer((request, response) => {
    receive(request)
      .then((text) => {
        const call = {
          number: calls.length + 1,
          path: request.url ?? "",
          headers: request.headers,
          text,
          body: text === "" ? null : JSON.parse(text),
        };
        calls.push(call);
        answer(script(call), response);
      })
      .catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function receive(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces).toString("utf8");
}

function answer(said: JsonAnswer, response: ServerResponse): void {
  if ("fault" in said) {
    if (said.fault === "reset") response.socket?.resetAndDestroy();
    return;
  }
  if ("dripMs" in said) {
    response.writeHead(200, { "content-type": "application/json" });
    const timer = setInterval(() => response.write(" "), said.dripMs);
    response.on("close", () => clearInterval(timer));
    return;
  }
  const { status = 200, headers = {} } = said;
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end("json" in said ? JSON.stringify(said.json) : said.text);
}
