import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { type LocalService, startLocalService } from "../../scripts/local/service.ts";
import { tagOf } from "../setup/scenarios.ts";
import { createScriptedUpstream, type ScriptedUpstream, type UpstreamCall } from "../upstream/index.ts";
import { createRecordingProxy, type Exchange, type RecordingProxy } from "../wire/proxy.ts";
import { faultsOf } from "../wire/rules.ts";
import type { Ask } from "./client.ts";
import { clientScenarioOf } from "./scenarios.ts";

export const MODEL = "espalier/test:free";

/** The whole service as `npm start` runs it, over HTTP, between a scripted provider and a proxy that sees all traffic. */
export interface Stage {
  /** What clients take for the service: the proxy's origin. */
  readonly url: string;
  readonly key: string;
  readonly proxy: RecordingProxy;
  readonly exchanges: readonly Exchange[];
  /** A question that the scripted upstream answers by that scenario, with a tag that no other has. */
  ask(scenario: string, changes?: Partial<Ask>): Ask;
  /** What the provider was asked for a question. */
  callsOf(asked: { readonly prompt: string }): readonly UpstreamCall[];
}

/**
 * To be called once in a test file. After each test, all that went over the wire until then must be as OpenAI's document
 * and WIRE.md have it, whichever client asked for it and whatever it made of it.
 */
export function setStage(): Stage {
  const state = mkdtempSync(join(tmpdir(), "espalier-clients-"));
  const set = {} as { upstream: ScriptedUpstream; service: LocalService; proxy: RecordingProxy };
  let judged = 0;

  beforeAll(async () => {
    const ordinals = new Map<string, number>();
    set.upstream = await createScriptedUpstream((call) => {
      const tag = tagOf(call.messages);
      const ordinal = (ordinals.get(tag) ?? 0) + 1;
      ordinals.set(tag, ordinal);
      return clientScenarioOf({ ...call, ordinal });
    });
    const providers = [providerAt(set.upstream.url)];
    set.service = await startLocalService({ port: 0, stateDirectory: state, providers });
    set.proxy = await createRecordingProxy(set.service.url);
  });
  afterEach(() => judge());
  afterAll(async () => {
    await until(() => set.proxy.open === 0);
    judge();
    await set.proxy.close();
    await set.service.close();
    await set.upstream.close();
    rmSync(state, { recursive: true, force: true });
  });

  function judge(): void {
    const unjudged = set.proxy.exchanges.slice(judged);
    judged += unjudged.length;
    expect(unjudged.flatMap(faultsOf)).toEqual([]);
  }

  return {
    get url() {
      return set.proxy.url;
    },
    get key() {
      return set.service.key;
    },
    get proxy() {
      return set.proxy;
    },
    get exchanges() {
      return set.proxy.exchanges;
    },
    ask: (scenario, changes = {}) => ({
      baseURL: `${set.proxy.url}/v1`,
      apiKey: set.service.key,
      model: MODEL,
      prompt: `scenario=${scenario} tag=t${crypto.randomUUID().replaceAll("-", "")} Say something.`,
      ...changes,
    }),
    callsOf: ({ prompt }) => set.upstream.ledger.calls.filter((call) => tagOf(call.body.messages) === tagOf(prompt)),
  };
}

export async function until(isSo: () => boolean, timeoutMs = 60_000): Promise<void> {
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
    // Longer than the longest answer of a scenario: silence is a subject here.
    headerTimeoutMs: 400_000,
    idleTimeoutMs: 400_000,
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
