import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestProject } from "vitest/node";
import { createScriptedUpstream, type UpstreamCall } from "../upstream/index.ts";
import { createJsonServer, type JsonCall } from "../upstream/json-server.ts";
import { scenarioOf, scorerScenario, tagOf } from "./scenarios.ts";

declare module "vitest" {
  interface ProvidedContext {
    controlUrl: string;
    providers: string;
    scorers: { readonly REWARD_MODELS: string; readonly WEBHOOK_SECRETS: string; readonly EGRESS_ALLOW: string };
    scorerUrl: string;
  }
}

/** What a worker test is told about the calls of one tag. */
export interface ControlAnswer {
  readonly calls: readonly Pick<UpstreamCall, "body" | "headers" | "isAborted" | "receivedAtMs" | "endedAtMs">[];
}

/** What a worker test is told about the posts to one path of the scorer's server, which takes webhooks as well. */
export interface PostsAnswer {
  readonly posts: readonly Pick<JsonCall, "headers" | "text">[];
}

/**
 * A real upstream in Node for the tests inside workerd, reached over loopback. Tests share it, so each marks its calls
 * with a tag in the question; `GET <controlUrl>/?tag=...` tells what arrived with that tag.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const ordinals = new Map<string, number>();
  const upstream = await createScriptedUpstream((call) => {
    const tag = tagOf(call.messages);
    const ordinal = (ordinals.get(tag) ?? 0) + 1;
    ordinals.set(tag, ordinal);
    return scenarioOf(call.messages)({ ...call, ordinal });
  });
  const scorer = await createJsonServer(scorerScenario);
  const control = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? "/", "http://control");
    const tag = searchParams.get("tag");
    const path = searchParams.get("path");
    const calls = upstream.ledger.calls.filter((call) => tagOf(call.body.messages) === tag);
    response.setHeader("content-type", "application/json");
    // Who asks again after the five seconds that Node keeps a connection would meet it as it is closed.
    response.setHeader("connection", "close");
    const posts = scorer.calls.filter((call) => call.path === path);
    response.end(
      JSON.stringify(path === null ? ({ calls } satisfies ControlAnswer) : ({ posts } satisfies PostsAnswer)),
    );
  });
  await new Promise<void>((resolve) => control.listen(0, "127.0.0.1", resolve));
  project.provide("controlUrl", `http://127.0.0.1:${(control.address() as AddressInfo).port}`);
  project.provide("providers", JSON.stringify(providers(upstream.url)));
  project.provide("scorerUrl", scorer.url);
  project.provide("scorers", scorers(scorer.url, new URL(upstream.url).origin));
  return async () => {
    await upstream.close();
    await scorer.close();
    control.closeAllConnections();
    control.close();
  };
}

function providers(url: string) {
  const price = { promptMicrodollarsPerMillion: 1_000_000, completionMicrodollarsPerMillion: 2_000_000 };
  return [
    {
      name: "scripted",
      baseUrl: url,
      apiKey: "sk-upstream-canary",
      models: [
        {
          id: "espalier/test:free",
          upstream: "scripted",
          description: "The scripted upstream.",
          capabilities: { n: "honoured", continuation: true, logprobs: false, stepSeparator: "\n" },
          price,
        },
      ],
    },
    {
      name: "telling",
      baseUrl: url,
      models: [
        {
          id: "espalier/telling",
          upstream: "scripted",
          capabilities: {
            n: "honoured",
            continuation: true,
            logprobs: true,
            topLogprobs: 5,
            reasoningInput: true,
            stepSeparator: "\n",
          },
        },
      ],
    },
    // Two providers of the same models; the scenario knows them apart by the name that each has for it.
    ...["east", "west"].map((name) => ({
      name,
      baseUrl: url,
      apiKey: `sk-${name}-canary`,
      models: ["espalier/routed", "espalier/sticky"].map((id) => ({
        id,
        upstream: name,
        capabilities: { n: "ignored", stepSeparator: "\n", contextTokens: 4000 },
        price,
      })),
    })),
    {
      name: "nowhere",
      // Port 1 of the loopback: refused at once.
      baseUrl: "http://127.0.0.1:1/v1",
      models: [{ id: "espalier/down", upstream: "scripted" }],
    },
  ];
}

/** The secret that the worker's tests sign with: 24 zero bytes. */
const TEST_SECRET = `whsec_${"A".repeat(32)}`;

/** Tenants may call neither by rights: both are on the loopback. */
function scorers(url: string, upstreamOrigin: string) {
  return {
    REWARD_MODELS: JSON.stringify([
      { name: "prm", kind: "process", shape: "generic", baseUrl: `${url}/reward`, apiKey: "sk-reward-canary" },
    ]),
    WEBHOOK_SECRETS: JSON.stringify({ default: { secrets: [TEST_SECRET], origin: url } }),
    EGRESS_ALLOW: JSON.stringify([url, upstreamOrigin]),
  };
}
