import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LocalService, startLocalService } from "../../scripts/local/service.ts";
import { HELLO, scenarioOf, tagOf } from "../setup/scenarios.ts";
import { createScriptedUpstream, type ScriptedUpstream } from "../upstream/index.ts";
import { agentsChat, agentsResponses } from "./agents.ts";
import { aiSdkChat, aiSdkCompatible, aiSdkResponses } from "./ai-sdk.ts";
import type { Ask, Client, Failure } from "./client.ts";
import { langchainChat, langchainResponses } from "./langchain.ts";
import { openaiChat, openaiResponses } from "./openai.ts";

// The libraries as applications use them, over HTTP, against the service as `npm start` runs it.
const CLIENTS = [
  openaiChat,
  openaiResponses,
  aiSdkChat,
  aiSdkResponses,
  aiSdkCompatible,
  langchainChat,
  langchainResponses,
  agentsResponses,
  agentsChat,
];
const MODEL = "espalier/test:free";
const state = mkdtempSync(join(tmpdir(), "espalier-clients-"));
let upstream: ScriptedUpstream;
let service: LocalService;

beforeAll(async () => {
  upstream = await createScriptedUpstream((call) => scenarioOf(call.messages)({ ...call, ordinal: call.number }));
  service = await startLocalService({ port: 0, stateDirectory: state, providers: [providerAt(upstream.url)] });
});
afterAll(async () => {
  await service.close();
  await upstream.close();
  rmSync(state, { recursive: true, force: true });
});

describe.each(CLIENTS)("$name", (client) => {
  test("gets an answer", async () => {
    expect(await client.text(ask("hello"))).toBe(HELLO);
  });

  test("gets the answer of a search that the model's suffix asks for", async () => {
    const asked = ask("distinct", { model: `${MODEL}:bon-4` });
    expect(await client.text(asked)).toMatch(/^Candidate /);
    expect(callsOf(asked).length).toBeGreaterThan(0);
  });

  test("streams an answer in pieces", async () => {
    const pieces = await client.stream(ask("hello"));
    expect(pieces.join("")).toBe(HELLO);
    expect(pieces.length).toBeGreaterThan(1);
  });

  test("gets a tool call", async () => {
    expect(await client.toolCall(ask("tools"))).toEqual({ city: "Bonn" });
  });

  test("gets a streamed tool call", async () => {
    expect(await client.streamedToolCall(ask("tools"))).toEqual({ city: "Bonn" });
  });

  test("gets an object of the schema it asks for", async () => {
    expect(await client.object(ask("weather"))).toEqual({ city: "Bonn", degrees: 21 });
  });

  test("shows a wrong key as 401", async () => {
    const { status, message } = await failure(client, ask("hello", { apiKey: "esp_wrong" }));
    expect(status).toBe(401);
    expect(message).toContain("Incorrect API key provided");
  });

  test("shows a model that does not exist as 404", async () => {
    const { status, message } = await failure(client, ask("hello", { model: "espalier/nothing" }));
    expect(status).toBe(404);
    expect(message).toContain("The model `espalier/nothing` does not exist");
  });

  test("shows a wrong value as 400, with the parameter's name", async () => {
    const { status, message, param } = await failure(client, ask("hello", { temperature: 3 }));
    expect(status).toBe(400);
    expect(message).toContain("temperature");
    expect(param).toBe("temperature");
  });

  test("aborted while it waits, stops waiting", async () => {
    const controller = new AbortController();
    const asked = ask("slow", { signal: controller.signal });
    const answer = client.text(asked).then(
      () => "answered",
      () => "aborted",
    );
    await until(() => callsOf(asked).length > 0);
    controller.abort();
    expect(await answer).toBe("aborted");
  });
});

async function failure(client: Client, asked: Ask): Promise<Failure> {
  const error = await client.text(asked).then(
    (text) => new Error(`answered: ${text}`),
    (reason: unknown) => reason,
  );
  return client.failureOf(error);
}

function ask(scenario: string, changes: Partial<Ask> = {}): Ask {
  const prompt = `scenario=${scenario} tag=t${crypto.randomUUID().replaceAll("-", "")} Say something.`;
  return { baseURL: `${service.url}/v1`, apiKey: service.key, model: MODEL, prompt, ...changes };
}

function callsOf({ prompt }: Ask) {
  return upstream.ledger.calls.filter((call) => tagOf(call.body.messages) === tagOf(prompt));
}

async function until(isSo: () => boolean, timeoutMs = 60_000): Promise<void> {
  for (const start = Date.now(); !isSo(); ) {
    if (Date.now() - start > timeoutMs) throw new Error(`waited ${timeoutMs} ms in vain`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function providerAt(baseUrl: string): Parameters<typeof startLocalService>[0]["providers"][number] {
  return {
    name: "scripted",
    baseUrl,
    apiKey: null,
    headerTimeoutMs: 60_000,
    idleTimeoutMs: 60_000,
    models: [
      {
        id: MODEL,
        upstream: "scripted",
        description: null,
        capabilities: {
          n: "honoured",
          continuation: true,
          logprobs: false,
          instructions: true,
          stepSeparator: "\n",
          stepTokens: null,
        },
        price: { promptMicrodollarsPerMillion: 0, completionMicrodollarsPerMillion: 0 },
        prompts: {},
      },
    ],
  };
}
