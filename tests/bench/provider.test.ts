import OpenAI from "openai";
import { afterEach, describe, expect, it } from "vitest";
import { latencyOf } from "../../bench/provider/latency.ts";
import { createProvider, type Provider } from "../../bench/provider/server.ts";
import { type SettingsInput, settingsSchema } from "../../bench/provider/settings.ts";
import { checkSolution } from "../../src/verifiers/game-of-24/answer.ts";
import { parseHand } from "../../src/verifiers/game-of-24/hand.ts";

let provider: Provider;
afterEach(() => provider.close());

async function start(settings: SettingsInput = {}): Promise<OpenAI> {
  provider = await createProvider(settings);
  return new OpenAI({ baseURL: `${provider.url}/v1`, apiKey: "sk-any", maxRetries: 0 });
}

const HAND = "Use 4 9 10 13 to make 24";
const ask = (client: OpenAI, fields: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming> = {}) =>
  client.chat.completions.create({ model: "scripted", messages: [{ role: "user", content: HAND }], ...fields });
const textOf = async (answer: ReturnType<typeof ask>) => (await answer).choices[0]?.message.content ?? "";

describe("the scripted provider", () => {
  it("says the same for the same conversation and seed, streamed or not, and something else for another seed", async () => {
    const client = await start();
    const said = await textOf(ask(client, { seed: 7 }));
    const streamed = client.chat.completions.stream({
      model: "scripted",
      messages: [{ role: "user", content: HAND }],
      seed: 7,
    });
    expect(await streamed.finalContent()).toBe(said);
    expect(await textOf(ask(client, { seed: 8 }))).not.toBe(said);
    const { data } = await client.models.list();
    expect(data.map(({ id }) => id)).toEqual(["scripted"]);
  });

  it("plays the Game of 24 by the rules, right as often as it is told to, and goes on where it was begun", async () => {
    const client = await start({ solveShare: 1 });
    const hand = parseHand(HAND) ?? [];
    const whole = await textOf(ask(client, { seed: 3 }));
    expect(checkSolution(hand, whole).solved).toBe(true);
    provider.configure({ solveShare: 0 });
    const verdicts = await Promise.all(
      Array.from({ length: 100 }, async (_unused, seed) => checkSolution(hand, await textOf(ask(client, { seed })))),
    );
    expect(verdicts.filter(({ solved }) => solved)).toEqual([]);
    expect(verdicts.every(({ reason }) => reason.includes("not 24"))).toBe(true);
    provider.configure({ solveShare: 1 });
    const [first = ""] = whole.split("\n");
    const begun = { role: "assistant" as const, content: `${first}\n` };
    const rest = await textOf(ask(client, { seed: 3, messages: [{ role: "user", content: HAND }, begun] }));
    expect(rest.split("\n")).toHaveLength(3);
    expect(await textOf(ask(client, { stop: "\n" }))).not.toContain("\n");
  });

  it("says how sure it is of a yes or a no", async () => {
    const client = await start();
    const messages = [{ role: "user" as const, content: "Is it right? Reply with one word, yes or no." }];
    const { choices } = await ask(client, { messages, logprobs: true, top_logprobs: 2 });
    const [token] = choices[0]?.logprobs?.content ?? [];
    expect(token?.top_logprobs.map((one) => one.token).sort()).toEqual(["no", "yes"]);
    expect(token?.top_logprobs.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0)).toBeCloseTo(1, 6);
  });

  it("lets the seventh connection wait until one of six has its headers", async () => {
    const client = await start({ headerSlots: 6, latency: { headers: { type: "constant", ms: 60 } } });
    await Promise.all(Array.from({ length: 12 }, (_unused, seed) => ask(client, { seed })));
    const { calls, peakHeaderWaiting, open } = provider.ledger.snapshot();
    expect({ count: calls.length, peakHeaderWaiting, open }).toEqual({ count: 12, peakHeaderWaiting: 12, open: 0 });
    const firstHeadersMs = Math.min(...calls.map(({ headersMs }) => headersMs ?? 0));
    // A timer may fire a moment early.
    const late = calls.filter(({ headersMs }) => (headersMs ?? 0) >= firstHeadersMs + 50);
    expect(late).toHaveLength(6);
  });

  it("counts what it was asked and what was cut off", async () => {
    const client = await start({ latency: { headers: { type: "constant", ms: 5000 } } });
    const messages = [{ role: "user" as const, content: "Hi" }];
    await expect(client.chat.completions.create({ model: "scripted", messages }, { timeout: 50 })).rejects.toThrow();
    await expect.poll(() => provider.ledger.snapshot().aborted).toBe(1);
    expect(provider.ledger.snapshot()).toMatchObject({ count: 1, open: 0, byModel: { scripted: 1 } });
  });

  it("goes wrong for the calls named, or for a share that the seed decides", async () => {
    const client = await start({ faults: [{ fault: "503", calls: [2] }] });
    const outcomes = [];
    for (let call = 0; call < 3; call++)
      outcomes.push(
        await ask(client).then(
          () => 200,
          (error) => error.status,
        ),
      );
    expect(outcomes).toEqual([200, 503, 200]);
    const faultsOf = async (seed: number) => {
      provider.configure({ seed, faults: [{ fault: "503", share: 0.3 }] });
      provider.ledger.reset();
      for (let call = 0; call < 40; call++) await ask(client).catch(() => {});
      return provider.ledger.snapshot().calls.map(({ fault }) => fault);
    };
    const first = await faultsOf(1);
    expect(await faultsOf(1)).toEqual(first);
    expect(await faultsOf(2)).not.toEqual(first);
    const share = first.filter((fault) => fault !== null).length / first.length;
    expect(share).toBeGreaterThan(0.1);
    expect(share).toBeLessThan(0.5);
  });

  it("draws latencies from the distribution it is given, stragglers apart", async () => {
    await start();
    const settings = settingsSchema.parse({
      latency: { firstToken: { type: "lognormal", medianMs: 100, sigma: 0.5 } },
      stragglers: { share: 0.05, factor: 10 },
    });
    const calls = Array.from({ length: 4000 }, (_unused, number) => latencyOf(settings, number));
    const usual = calls.filter(({ isStraggler }) => !isStraggler).map(({ firstTokenMs }) => firstTokenMs);
    usual.sort((a, b) => a - b);
    expect(usual.length / calls.length).toBeCloseTo(0.95, 1);
    expect((usual[usual.length >> 1] ?? 0) / 100).toBeCloseTo(1, 1);
    // One standard deviation above the median, in the logarithm.
    expect(Math.log((usual[Math.floor(0.8413 * usual.length)] ?? 0) / 100)).toBeCloseTo(0.5, 1);
  });

  it("refuses a fault that it does not know", async () => {
    await start();
    const response = await fetch(`${provider.url}/settings`, {
      method: "PUT",
      body: '{"faults":[{"fault":"no-such"}]}',
    });
    expect(response.status).toBe(400);
  });
});
