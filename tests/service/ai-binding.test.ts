import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { stripTypeScriptTypes } from "node:module";
import { type AddressInfo, createServer as createSocketServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");

/**
 * The adapter of Workers AI against workerd's own `AI` class, the one of production ("cloudflare-internal:ai-api"), whose
 * fetcher leads to a server of ours instead of to Cloudflare. What that server says are the captures' shapes.
 */
const WORKER = `
import { bindingFetch } from "./workers-ai/binding.ts";
export default {
  async fetch(request, env) {
    const controller = new AbortController();
    const abortAfterMs = request.headers.get("x-abort-after-ms");
    if (abortAfterMs !== null) setTimeout(() => controller.abort(), Number(abortAfterMs));
    const init = { method: "POST", body: await request.text(), signal: controller.signal };
    try {
      const { status, headers, body } = await bindingFetch(env.AI)("https://workers-ai.invalid/run", init);
      // A timer runs no longer than the handler.
      return new Response(abortAfterMs === null ? body : await new Response(body).text(), { status, headers });
    } catch (error) {
      return new Response(error.name, { status: 599 });
    }
  },
};`;

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: { readonly inputs: Record<string, unknown>; readonly options: Record<string, unknown> };
}

const received: Received[] = [];
let answer: (response: ServerResponse) => void = () => {};
let isLeft = false;

const cloudflare = createServer(async (request, response) => {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  const body = JSON.parse(Buffer.concat(pieces).toString("utf8"));
  received.push({ path: request.url ?? "", headers: request.headers, body });
  response.on("close", () => {
    isLeft = !response.writableFinished;
  });
  answer(response);
});

let workerd: ChildProcess;
let url: string;
const directory = mkdtempSync(join(tmpdir(), "espalier-ai-"));

beforeAll(async () => {
  await new Promise<void>((resolve) => cloudflare.listen(0, "127.0.0.1", resolve));
  const port = await freePort();
  url = `http://127.0.0.1:${port}/`;
  const modules = ["workers-ai/binding.ts", "chunk.ts"];
  for (const name of modules) {
    const source = readFileSync(join(root, "src/providers", name), "utf8");
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), stripTypeScriptTypes(source));
  }
  writeFileSync(join(directory, "worker.js"), WORKER);
  writeFileSync(
    join(directory, "workerd.capnp"),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "worker", worker = (
      modules = [${["worker.js", ...modules].map((name) => `(name = "${name}", esModule = embed "${name}")`).join(", ")}],
      compatibilityDate = "2026-10-01",
      bindings = [(name = "AI", wrapped = (
        moduleName = "cloudflare-internal:ai-api",
        innerBindings = [(name = "fetcher", service = "cloudflare")],
      ))],
    )),
    (name = "cloudflare", external = (address = "127.0.0.1:${(cloudflare.address() as AddressInfo).port}", http = ())),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "worker")],
);`,
  );
  workerd = spawn(join(root, "node_modules/.bin/workerd"), ["serve", "workerd.capnp"], {
    cwd: directory,
    stdio: "inherit",
  });
  for (let tries = 0; tries < 200; tries++) {
    const isUp = await fetch(url, { method: "GET" }).then(
      () => true,
      () => false,
    );
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("workerd did not start");
});

afterAll(async () => {
  workerd?.kill();
  cloudflare.closeAllConnections();
  await new Promise((resolve) => cloudflare.close(resolve));
  rmSync(directory, { recursive: true });
});

const MODEL = "@cf/meta/llama-3.3-70b-instruct-fp8-fast";
const ask = (headers: Record<string, string> = {}) => {
  received.length = 0;
  const body = { model: MODEL, messages: [{ role: "user", content: "Hi" }], stream: true, max_tokens: 8 };
  return fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
};

test("the binding gets the model by name and the rest as inputs, and its stream comes back as it comes", async () => {
  let goOn = () => {};
  answer = (response) => {
    response.writeHead(200, { "content-type": "text/event-stream", "cf-ai-req-id": "req_1" });
    response.write('data: {"response":"Hel","p":"ab"}\n\n');
    goOn = () =>
      response.end('data: {"response":"","usage":{"prompt_tokens":4,"completion_tokens":1}}\n\ndata: [DONE]\n\n');
  };
  const response = await ask();
  expect(response.status).toBe(200);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  // Before the model has said its last.
  expect((await reader?.read())?.value).toContain('"response":"Hel"');
  goOn();
  expect((await reader?.read())?.value).toContain("[DONE]");
  const [call] = received;
  expect(call?.path).toBe("/run?version=3");
  expect(call?.headers["cf-consn-model-id"]).toBe(MODEL);
  expect(call?.body).toEqual({
    inputs: { messages: [{ role: "user", content: "Hi" }], stream: true, max_tokens: 8 },
    options: { returnRawResponse: true },
  });
});

test.each([
  [
    429,
    { internalCode: 3040, name: "AiError", description: "No more data centers" },
    429,
    "3040: No more data centers",
  ],
  [400, { internalCode: 5007, name: "AiError", description: "No such model" }, 404, "5007: No such model"],
  [403, { errors: [{ code: 5016, message: "not agreed" }] }, 403, "5016: not agreed"],
])("a refusal with status %i keeps status, code and words (%j)", async (status, said, expected, message) => {
  answer = (response) => {
    response.writeHead(status, { "content-type": "application/json", "retry-after": "7" }).end(JSON.stringify(said));
  };
  const response = await ask();
  expect(response.status).toBe(expected);
  expect(response.headers.get("retry-after")).toBe("7");
  expect(await response.json()).toMatchObject({ error: { message } });
});

test("an abort hangs up there", async () => {
  isLeft = false;
  answer = (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write('data: {"response":"Hel"}\n\n');
  };
  const response = await ask({ "x-abort-after-ms": "300" });
  expect(response.status).toBe(599);
  expect(await response.text()).toBe("AbortError");
  for (let tries = 0; tries < 100 && !isLeft; tries++) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(isLeft).toBe(true);
}, 20_000);

function freePort(): Promise<number> {
  const server = createSocketServer();
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
