/**
 * A local inference server with OpenAI's chat-completions API.
 *
 *   POST /v1/chat/completions    GET /v1/models    GET /health    GET, DELETE /ledger
 *
 * (the /v1 may be left out). It differs from a hosted server in three documented points: system messages are ignored, a
 * last message of the assistant is continued instead of answered, and a token limit beyond the context is cut to it.
 */
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { complete, preparePrompt } from "./server/completion.ts";
import { errorBody, RequestError } from "./server/errors.ts";
import { loadEspalierModel } from "./server/espalier.ts";
import { createLedger, type Ledger, type LedgerCall, type LedgerSnapshot, summarise } from "./server/ledger.ts";
import { parseChatRequest } from "./server/parse.ts";
import { createJsonResponder, createStreamResponder, sendJson, sendStreamHeaders } from "./server/respond.ts";
import type { ServedModel } from "./server/served-model.ts";

export type ModelServerOptions = {
  /** 0 takes any free port. */
  readonly port?: number;
  readonly host?: string;
  /** The models by their ids; by default the committed espalier-24 alone. */
  readonly models?: readonly ServedModel[];
  /** Wait this long before the first token, to stand in for a large model. Streams send their headers before it. */
  readonly latencyMs?: number;
  /** Wait this long before the headers (and before anything else is done). */
  readonly headerLatencyMs?: number;
};

export type ModelServer = {
  /** The origin, for example "http://127.0.0.1:8790"; OpenAI's clients take `${url}/v1`. */
  readonly url: string;
  ledger(): LedgerSnapshot;
  resetLedger(): void;
  /** Ends open connections and frees the models. */
  close(): Promise<void>;
};

const MAX_BODY_BYTES = 4 * 1024 * 1024;

type Context = Required<Pick<ModelServerOptions, "latencyMs" | "headerLatencyMs">> & {
  readonly modelById: ReadonlyMap<string, ServedModel>;
  readonly ledger: Ledger;
  readonly createdSeconds: number;
};

export async function createModelServer(options: ModelServerOptions = {}): Promise<ModelServer> {
  const models = options.models ?? [loadEspalierModel()];
  const ledger = createLedger(() => performance.timeOrigin + performance.now());
  const context: Context = {
    modelById: new Map(models.map((model) => [model.id, model])),
    latencyMs: options.latencyMs ?? 0,
    headerLatencyMs: options.headerLatencyMs ?? 0,
    ledger,
    createdSeconds: Math.floor(Date.now() / 1000),
  };
  const server = createServer((request, response) => void handle(context, request, response));
  const host = options.host ?? "127.0.0.1";
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${port}`,
    ledger: ledger.snapshot,
    resetLedger: ledger.reset,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await Promise.all(models.map((model) => model.close()));
    },
  };
}

/** Routes one request; every failure becomes a JSON answer, or the end of a stream that has begun. */
async function handle(context: Context, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? "/").split("?")[0]?.replace(/^\/v1(?=\/)/, "") ?? "/";
  try {
    if (path === "/chat/completions") {
      allow(request, response, "POST");
      await handleCompletion(context, request, response);
    } else if (path === "/models" || path.startsWith("/models/")) {
      allow(request, response, "GET");
      sendJson(response, 200, describeModels(context, path));
    } else if (path === "/health") {
      allow(request, response, "GET");
      sendJson(response, 200, { status: "ok" });
    } else if (path === "/ledger") {
      allow(request, response, "GET", "DELETE");
      if (request.method === "DELETE") context.ledger.reset();
      sendJson(response, 200, context.ledger.snapshot());
    } else {
      throw new RequestError(404, `Unknown request URL: ${request.method} ${path}.`, null, "unknown_url");
    }
  } catch (error) {
    sendError(response, error);
  }
}

async function handleCompletion(context: Context, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const head = { id: `chatcmpl-${randomUUID()}`, created: Math.floor(Date.now() / 1000) };
  const call = context.ledger.open(head.id);
  const gone = new AbortController();
  response.on("close", () => {
    if (response.writableFinished) return;
    call.aborted = true;
    gone.abort();
  });
  try {
    const chat = parseChatRequest(await readBody(request));
    call.summary = summarise(chat);
    call.n = chat.n;
    const model = context.modelById.get(chat.model);
    if (model === undefined) throw unknownModel(context, chat.model);
    const prompt = preparePrompt(model, chat);
    call.promptTokens = prompt.length;
    if (context.headerLatencyMs > 0) await sleep(context.headerLatencyMs, undefined, { signal: gone.signal });
    const answerHead = { ...head, model: model.id };
    if (chat.stream) {
      sendStreamHeaders(response);
      context.ledger.headersSent(call);
    }
    const responder = chat.stream
      ? createStreamResponder(response, answerHead, chat)
      : createJsonResponder(response, answerHead, chat);
    const options = { latencyMs: context.latencyMs, signal: gone.signal, call };
    responder.end(await complete(model, chat, prompt, options, responder));
  } catch (error) {
    // Nobody is left to read an answer.
    if (!gone.signal.aborted) throw error;
  } finally {
    noteEnd(context.ledger, call);
  }
}

function noteEnd(ledger: Ledger, call: LedgerCall): void {
  if (!call.aborted) ledger.headersSent(call);
  ledger.close(call);
}

function describeModels(context: Context, path: string): unknown {
  const describe = (model: ServedModel) => ({
    id: model.id,
    object: "model",
    created: context.createdSeconds,
    owned_by: "espalier",
    description: model.description,
    context_length: model.contextTokens,
  });
  if (path === "/models") return { object: "list", data: [...context.modelById.values()].map(describe) };
  const id = decodeURIComponent(path.slice("/models/".length));
  const model = context.modelById.get(id);
  if (model === undefined) throw unknownModel(context, id);
  return describe(model);
}

function unknownModel(context: Context, id: string): RequestError {
  const known = [...context.modelById.keys()].join(", ");
  return new RequestError(
    404,
    `The model '${id}' does not exist here; there is: ${known}.`,
    "model",
    "model_not_found",
  );
}

function allow(request: IncomingMessage, response: ServerResponse, ...methods: readonly string[]): void {
  if (methods.includes(request.method ?? "")) return;
  response.setHeader("allow", methods.join(", "));
  throw new RequestError(
    405,
    `This URL takes ${methods.join(" or ")}, not ${request.method}.`,
    null,
    "method_not_allowed",
  );
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.byteLength;
    if (size > MAX_BODY_BYTES) throw new RequestError(413, `The request body is larger than ${MAX_BODY_BYTES} bytes.`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function sendError(response: ServerResponse, error: unknown): void {
  const known = error instanceof RequestError ? error : new RequestError(500, `The model failed: ${String(error)}`);
  if (response.destroyed) return;
  if (!response.headersSent) {
    sendJson(response, known.status, errorBody(known));
    return;
  }
  // A stream that has begun cannot change its status: it carries the error and ends without [DONE].
  response.end(`data: ${JSON.stringify(errorBody(known))}\n\n`);
}
