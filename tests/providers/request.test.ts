import { describe, expect, it } from "vitest";
import { answer } from "../upstream/index.ts";
import { createRig, QUESTION } from "./support.ts";

const script = () => answer(["24"]);

describe("request", () => {
  it("is streamed with usage, and sends nothing that was left open", async () => {
    const rig = await createRig(script);
    await rig.ask({ temperature: undefined });
    const [call] = rig.upstream.ledger.calls;
    expect(call?.body).toEqual({
      model: "scripted",
      messages: [{ role: "user", content: "Reach 24 with 4 4 6 8." }],
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: 64,
      seed: 5,
    });
    expect(call?.headers.authorization).toBe("Bearer sk-canary");
  });

  it("sends sampling parameters, stops and log-probabilities as asked", async () => {
    const rig = await createRig(script);
    await rig.ask({ temperature: 0, topP: 0.9, stop: ["\n\n"], topLogprobs: 3 });
    expect(rig.upstream.ledger.calls[0]?.body).toMatchObject({
      temperature: 0,
      top_p: 0.9,
      stop: ["\n\n"],
      logprobs: true,
      top_logprobs: 3,
    });
  });

  it("forwards what it does not know, and lets nothing forwarded override or widen the call", async () => {
    const rig = await createRig(script);
    const tools = [{ type: "function", function: { name: "add" } }];
    const widening = { n: 50, best_of: 50, max_completion_tokens: 9999, stream: false, model: "other", temperature: 2 };
    await rig.ask({ temperature: undefined, forwarded: { tools, user: "u", ...widening } });
    const body = rig.upstream.ledger.calls[0]?.body;
    expect(body).toMatchObject({ tools, user: "u", stream: true, model: "scripted", max_tokens: 64 });
    for (const name of ["n", "best_of", "max_completion_tokens", "temperature"]) expect(body).not.toHaveProperty(name);
  });

  it("sends no credential where there is none", async () => {
    const rig = await createRig(script, { apiKey: null });
    await rig.ask();
    expect(rig.upstream.ledger.calls[0]?.headers).not.toHaveProperty("authorization");
  });

  it("takes no organisation or project from the environment", async () => {
    process.env.OPENAI_ORG_ID = "org-of-the-operator";
    const rig = await createRig(script);
    await rig.ask();
    delete process.env.OPENAI_ORG_ID;
    expect(rig.upstream.ledger.calls[0]?.headers).not.toHaveProperty("openai-organization");
  });
});

describe("continuation", () => {
  it("leaves the prefix as the last words, with the fields vLLM needs, where the model continues", async () => {
    const rig = await createRig(script, { capabilities: { continuation: true } });
    await rig.ask({ prefix: "4 * 6 = 24\n\n" });
    const body = rig.upstream.ledger.calls[0]?.body;
    expect(body?.messages).toEqual([
      { role: "user", content: "Reach 24 with 4 4 6 8." },
      { role: "assistant", content: "4 * 6 = 24\n\n" },
    ]);
    expect(body).toMatchObject({ continue_final_message: true, add_generation_prompt: false });
  });

  it("asks in a further turn where it does not", async () => {
    const rig = await createRig(script);
    await rig.ask({ prefix: "4 * 6 = 24\n\n" });
    const body = rig.upstream.ledger.calls[0]?.body;
    expect(body?.messages).toMatchObject([
      { role: "user" },
      { role: "assistant", content: "4 * 6 = 24\n\n" },
      { role: "user", content: expect.stringContaining("exactly where it stopped") },
    ]);
    expect(body).not.toHaveProperty("continue_final_message");
  });

  it("sends neither without a prefix", async () => {
    const rig = await createRig(script, { capabilities: { continuation: true } });
    await rig.ask();
    expect(rig.upstream.ledger.calls[0]?.body).not.toHaveProperty("continue_final_message");
    expect(rig.upstream.ledger.calls[0]?.body.messages).toHaveLength(1);
  });

  it("counts the prefix in the worst case", async () => {
    const rig = await createRig(script, { capabilities: { continuation: true } });
    const bare = rig.model.worstCase(QUESTION).tokens;
    expect(rig.model.worstCase({ ...QUESTION, prefix: "é".repeat(10) }).tokens).toBe(bare + 20 + 16);
  });
});
