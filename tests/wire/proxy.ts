import { createServer, type IncomingMessage, request as requestOf, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliDecompressSync, constants, gunzipSync } from "node:zlib";

/** One request and what came back, byte for byte. */
export interface Exchange {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** As sent; "" for none. */
  readonly requestText: string;
  readonly requestHeaders: Readonly<Record<string, string | string[] | undefined>>;
  /** 0: no head came back. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** As far as it came, without its content encoding. */
  readonly text: string;
  /** The service ended the body in order; false where it broke off or the client left. */
  readonly isComplete: boolean;
  /** Between the head and the end, from piece to piece; null where no head came. */
  readonly longestSilenceMs: number | null;
}

/** A reverse proxy before the service that clients use in its place; it changes nothing and remembers everything. */
export interface RecordingProxy {
  /** The origin. */
  readonly url: string;
  /** Those that have ended, in order of their end. */
  readonly exchanges: readonly Exchange[];
  /** Still under way. */
  readonly open: number;
  /**
   * Cuts the client's connection `afterMs` after each of the next `count` requests arrived, answered or not. What the
   * service has sent until then is passed on.
   */
  cutNext(count: number, afterMs: number): void;
  close(): Promise<void>;
}

/** Pieces are passed on as they come; a side that leaves is left by the other. `target` is an origin. */
export async function createRecordingProxy(target: string): Promise<RecordingProxy> {
  const exchanges: Exchange[] = [];
  const cuts = { left: 0, afterMs: 0 };
  let open = 0;
  const server = createServer((request, response) => {
    open++;
    if (cuts.left > 0) {
      cuts.left--;
      setTimeout(() => request.socket.destroy(), cuts.afterMs).unref();
    }
    pass(target, request, response)
      .then((exchange) => exchanges.push(exchange))
      .catch((error: unknown) => response.destroy(error as Error))
      .finally(() => open--);
  });
  // Node's five minutes for a request's arrival are no limit of the service's.
  server.requestTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    exchanges,
    get open() {
      return open;
    },
    cutNext: (count, afterMs) => Object.assign(cuts, { left: count, afterMs }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function pass(target: string, request: IncomingMessage, response: ServerResponse): Promise<Exchange> {
  const sent: Buffer[] = [];
  const received: Buffer[] = [];
  const { method = "GET", url: path = "/", headers } = request;
  const said = { status: 0, headers: {} as Exchange["headers"], isComplete: false };
  const silence = { sinceMs: 0, longestMs: null as number | null };
  const hear = (): void => {
    const nowMs = performance.now();
    silence.longestMs = silence.longestMs === null ? 0 : Math.max(silence.longestMs, nowMs - silence.sinceMs);
    silence.sinceMs = nowMs;
  };
  await new Promise<void>((resolve) => {
    const outgoing = requestOf(new URL(path, target), { method, headers }, (answer) => {
      said.status = answer.statusCode ?? 0;
      said.headers = answer.headers;
      response.writeHead(said.status, answer.headers);
      response.flushHeaders();
      hear();
      answer.on("data", (piece: Buffer) => {
        hear();
        received.push(piece);
        response.write(piece);
      });
      answer.on("end", () => {
        said.isComplete = true;
        response.end();
      });
      // Broken off, not ended: the client must see the same.
      answer.on("error", () => response.destroy());
      answer.on("close", resolve);
    });
    outgoing.on("error", () => {
      response.destroy();
      resolve();
    });
    // The client has left, or was cut off: so do we.
    response.on("close", () => outgoing.destroy());
    request.on("data", (piece: Buffer) => sent.push(piece));
    request.pipe(outgoing);
  });
  return {
    method,
    path,
    requestHeaders: headers,
    requestText: Buffer.concat(sent).toString("utf8"),
    text: decoded(Buffer.concat(received), said.headers["content-encoding"]).toString("utf8"),
    ...said,
    longestSilenceMs: silence.longestMs,
  };
}

/** Clients that accept it are sent compressed JSON. What broke off is decoded as far as it goes. */
function decoded(bytes: Buffer, encoding: unknown): Buffer {
  if (encoding === "gzip") return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
  if (encoding === "br") return brotliDecompressSync(bytes, { finishFlush: constants.BROTLI_OPERATION_FLUSH });
  return bytes;
}
