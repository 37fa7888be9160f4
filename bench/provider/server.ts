import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createRandom } from "../../src/core/random.ts";
import { INVOCATION_HEADER } from "../../src/providers/fan-out/config.ts";
import { SSE_HEADERS } from "../../tests/upstream/action.ts";
import { play } from "../../tests/upstream/play.ts";
import { FAULTS, type FaultName } from "./faults.ts";
import { latencyOf } from "./latency.ts";
import { createLedger, type Ledger, type LedgerSnapshot, type ProviderCall } from "./ledger.ts";
import { type Reply, replyTo } from "./reply.ts";
import { type ProviderRequest, parseRequest } from "./request.ts";
import { type Settings, type SettingsInput, settingsSchema } from "./settings.ts";
import { createSlots, type Slots } from "./slots.ts";
import { completionBody, createChunks } from "./wire.ts";

/**
 * A scripted, OpenAI-compatible provider over real HTTP, for tests and benchmarks:
 *
 *   POST /v1/chat/completions    GET /v1/models    GET, DELETE /ledger    GET, PUT /settings
 *
 * How long it takes, what goes wrong and how many connections may wait for headers are its settings; what it says hangs
 * on the conversation and the seed alone. The ledger counts every call that reached it.
 */
export interface Provider {
  /** The origin: "http://127.0.0.1:4711". */
  readonly url: string;
  readonly ledger: Ledger;
  /** Of the calls that arrive from now on. */
  configure(settings: SettingsInput): void;
  close(): Promise<void>;
}

interface World {
  settings: Settings;
  readonly ledger: Ledger;
  readonly slots: Slots;
}

export async function createProvider(settings: SettingsInput = {}, port = 0): Promise<Provider> {
  const ledger = createLedger();
  const world: World = {
    settings: settingsSchema.parse(settings),
    ledger,
    slots: createSlots(() => world.settings.headerSlots),
  };
  const server = createServer((request, response) => {
    route(world, request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  // Idle connections of a pool must not be cut under it in the middle of a measurement.
  server.keepAliveTimeout = 600_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", 1024, resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ledger,
    configure: (next) => {
      world.settings = settingsSchema.parse(next);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function route(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await bodyOf(request);
  switch (`${request.method} ${request.url}`) {
    case "POST /v1/chat/completions":
      return complete(world, body, String(request.headers[INVOCATION_HEADER] ?? ""), response);
    case "GET /v1/models": {
      const data = world.settings.models.map((id) => ({
        id,
        object: "model",
        created: 1_700_000_000,
        owned_by: "bench",
      }));
      return sendJson(response, 200, { object: "list", data });
    }
    case "DELETE /ledger":
      world.ledger.reset();
      return sendJson(response, 200, world.ledger.snapshot());
    case "GET /ledger":
      return sendJson(response, 200, world.ledger.snapshot() satisfies LedgerSnapshot);
    case "PUT /settings": {
      const parsed = settingsSchema.safeParse(JSON.parse(body));
      if (!parsed.success) return sendError(response, 400, parsed.error.message);
      world.settings = parsed.data;
      return sendJson(response, 200, world.settings);
    }
    case "GET /settings":
      return sendJson(response, 200, world.settings);
    default:
      return sendError(response, 404, `Unknown request URL: ${request.method} ${request.url}`);
  }
}

async function complete(world: World, body: string, invocation: string, response: ServerResponse): Promise<void> {
  const { settings, ledger, slots } = world;
  const request = parseRequest(body);
  if (request === null) return sendError(response, 400, "the body is no chat-completions request");
  const fingerprint = createHash("sha256").update(body).digest("base64url");
  const call = ledger.receive({ model: request.model, n: request.n, invocation, fingerprint });
  response.setHeader("x-request-id", requestIdOf(call));
  call.promptTokens = request.promptTokens;
  let isGone = false;
  const closed = new Promise<void>((resolve) => {
    response.on("close", () => {
      isGone = true;
      ledger.end(call, !response.writableFinished);
      resolve();
    });
  });
  if (!settings.models.includes(request.model)) {
    ledger.headersSent(call);
    return sendError(response, 404, `The model '${request.model}' does not exist`, "model_not_found");
  }
  await slots.enter(invocation);
  let isHeld = true;
  const headersSent = (): void => {
    if (!isHeld) return;
    isHeld = false;
    slots.leave(invocation);
    if (!isGone) ledger.headersSent(call);
  };
  try {
    if (!isGone) await answer(settings, request, call, response, closed, headersSent);
  } finally {
    headersSent();
  }
}

/** What the provider calls a call in its answer: by it the caller's books are held against the ledger. */
export function requestIdOf({ number }: Pick<ProviderCall, "number">): string {
  return `call-${number}`;
}

async function answer(
  settings: Settings,
  request: ProviderRequest,
  call: ProviderCall,
  response: ServerResponse,
  closed: Promise<void>,
  headersSent: () => void,
): Promise<void> {
  const latency = latencyOf(settings, call.number);
  call.isStraggler = latency.isStraggler;
  const replies = Array.from({ length: request.n }, (_unused, index) =>
    replyTo({ ...request, seed: settings.seed + 31 * request.seed + index }, settings.solveShare),
  );
  const sleep = (ms: number): Promise<unknown> | undefined =>
    ms <= 0 ? undefined : Promise.race([closed, new Promise((resolve) => setTimeout(resolve, ms))]);
  await sleep(latency.headersMs);
  if (response.destroyed) return;
  const fault = faultOf(settings, call);
  call.fault = fault;
  call.completionTokens = replies.reduce((sum, { tokens }) => sum + tokens.length, 0);
  if (fault !== null) {
    const texts = replies.map(({ tokens }) => tokens.join(""));
    const actions = FAULTS[fault]({ model: request.model, texts, maxTokens: request.maxTokens });
    return play(actions, response, closed, headersSent);
  }
  const usage = { promptTokens: request.promptTokens, completionTokens: call.completionTokens };
  if (!request.isStream) {
    await sleep(latency.firstTokenMs);
    for (let at = 1; at < longest(replies) && !latency.isAtOnce; at++) await sleep(latency.tokenMs(at));
    if (response.destroyed) return;
    headersSent();
    return sendText(response, 200, completionBody(request, replies, usage));
  }
  const chunks = createChunks(request, replies);
  headersSent();
  response.writeHead(200, SSE_HEADERS);
  if (latency.firstTokenMs > 0) {
    response.flushHeaders();
    await sleep(latency.firstTokenMs);
  }
  let text = "";
  for (let at = 0; at < longest(replies) && !response.destroyed; at++) {
    if (at > 0 && !latency.isAtOnce) {
      response.write(text);
      text = "";
      await sleep(latency.tokenMs(at));
    }
    text += chunks.token(at);
  }
  if (!response.destroyed) response.end(text + chunks.end(usage));
}

/** The rule that applies to this call, by seed and number alone. */
function faultOf({ seed, faults }: Settings, { number, model }: ProviderCall): FaultName | null {
  const rule = faults.find(({ calls, model: only, share }, index) => {
    if (only !== undefined && only !== model) return false;
    if (calls !== undefined && !calls.includes(number)) return false;
    return share >= 1 || createRandom(seed, "fault", index, number).next() < share;
  });
  return rule?.fault ?? null;
}

function longest(replies: readonly Reply[]): number {
  return Math.max(...replies.map(({ tokens }) => tokens.length));
}

function bodyOf(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => resolve(Buffer.concat(pieces).toString("utf8")));
    request.on("error", reject);
  });
}

function sendError(response: ServerResponse, status: number, message: string, code: string | null = null): void {
  sendJson(response, status, { error: { message, type: "invalid_request_error", param: null, code } });
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  sendText(response, status, JSON.stringify(body));
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response
    .writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) })
    .end(text);
}
