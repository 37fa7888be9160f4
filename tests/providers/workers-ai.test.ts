import { expect, test } from "vitest";
import { parseProviders } from "../../src/providers/config.ts";
import { bytes, DONE, data, headers } from "../upstream/index.ts";
import { createRig, errorOf, textsOf } from "./support.ts";

const asked = { adapter: "workers-ai" } as const;
const last = (completion_tokens: number) => data({ response: "", usage: { prompt_tokens: 10, completion_tokens } });

test("text comes once where an event says it twice, and figures of single events are not the call's", async () => {
  const rig = await createRig(
    () => [
      headers(),
      data({ choices: [{ delta: { role: "assistant", content: "" } }], response: "", usage: { prompt_tokens: 45 } }),
      data({
        choices: [{ delta: { content: "Here" } }],
        response: "Here",
        tool_calls: [],
        usage: { prompt_tokens: 0 },
      }),
      data({ choices: [{ delta: {}, finish_reason: "stop", index: 0 }], tool_calls: [] }),
      last(8),
      DONE,
    ],
    asked,
  );
  const outcome = await rig.ask();
  expect(textsOf(outcome)).toEqual(["Here"]);
  expect(outcome.attempts[0]).toMatchObject({ promptTokens: 10, completionTokens: 8, isEstimated: false });
});

test("a token that reads as JSON comes as a value, and is text", async () => {
  const rig = await createRig(
    () => [headers(), data({ response: 24 }), data({ response: false }), last(2), DONE],
    asked,
  );
  expect(textsOf(await rig.ask())).toEqual(["24false"]);
});

test("a stream of the model's own that took all its tokens was cut by its length", async () => {
  const rig = await createRig(() => [headers(), data({ response: "6*4" }), last(64), DONE], asked);
  expect((await rig.ask()).result).toMatchObject({ value: [{ text: "6*4", ending: "length" }] });
});

test("without its last event a stream is cut short", async () => {
  const rig = await createRig(() => [headers(), data({ response: "6*4" }), DONE], asked);
  expect(errorOf(await rig.ask()).type).toBe("malformed");
});

test.each([
  // developers.cloudflare.com/workers-ai/platform/errors
  [400, 5007, "No such model @cf/x or task", "model-not-found"],
  [403, 5016, "User has not agreed to Llama3.2 model terms", "unauthorized"],
  [408, 3007, "Request timeout", "timeout"],
  [413, 3006, "Request is too large", "context-length"],
  [429, 3036, "You have used up your daily free allocation of 10,000 neurons.", "rate-limited"],
  [429, 3040, "No more data centers to forward the request to", "rate-limited"],
])("status %i with code %i (%s) is %s", async (status, internalCode, description, type) => {
  const said = JSON.stringify({ internalCode, name: "AiError", description });
  const rig = await createRig(() => [headers(status, {}), bytes(said)], asked);
  expect(errorOf(await rig.ask())).toMatchObject({ type, message: expect.stringContaining(`${internalCode}: `) });
});

test("seeds begin at 1, and no credential exists", async () => {
  const rig = await createRig(() => [headers(), data({ response: "24" }), last(1), DONE], asked);
  await rig.ask({ seed: 0 });
  const [call] = rig.upstream.ledger.calls;
  expect(call?.body.seed).toBe(1);
  expect(call?.headers).not.toHaveProperty("authorization");
});

test("is configured without an address", () => {
  const models = [{ id: "cf/llama", upstream: "@cf/meta/llama-3.3-70b-instruct-fp8-fast" }];
  const parse = (fields: object) => parseProviders(JSON.stringify([{ name: "cf", models, ...fields }]));
  expect(parse({ adapter: "workers-ai" })).toMatchObject({ ok: true, value: [{ adapter: "workers-ai" }] });
  expect(parse({})).toEqual({ ok: false, error: "PROVIDERS.0.baseUrl: is missing" });
  expect(parse({ adapter: "workers-ai", baseUrl: "https://a.example" }).ok).toBe(false);
  expect(parse({ adapter: "workers-ai", apiKey: "x" }).ok).toBe(false);
});
