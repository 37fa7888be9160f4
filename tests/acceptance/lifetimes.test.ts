import OpenAI from "openai";
import { beforeAll, describe, expect, test } from "vitest";
import { openaiChat } from "../clients/openai.ts";
import { pythonClient } from "../clients/python/client.ts";
import { pythonWithSdk } from "../clients/python/environment.ts";
import { MODEL, setStage, until } from "../clients/stage.ts";
import { HELLO } from "../setup/scenarios.ts";

// WIRE 5, searches that outlive a connection: points 4 and 12. The stage judges every frame.

const stage = setStage();
const { ask, callsOf } = stage;
beforeAll(() => pythonWithSdk(), 300_000);

test.each([openaiChat, pythonClient])(
  "WIRE 5.4: $name, cut off at 5 s twice, pays for one search",
  async (client) => {
    const asked = ask("first-after-14", { isPatient: true });
    const before = stage.exchanges.length;
    stage.proxy.cutNext(2, 5_000);
    expect(await client.text(asked)).toBe(HELLO);
    // That it was cut off, and asked three times, is not assumed.
    expect(stage.exchanges.slice(before).map(({ isComplete }) => isComplete)).toEqual([false, false, true]);
    expect(callsOf(asked)).toHaveLength(1);
  },
  120_000,
);

describe("WIRE 5.12: responses in the background", () => {
  const client = () => new OpenAI({ baseURL: `${stage.url}/v1`, apiKey: stage.key, maxRetries: 0 });

  test("are created at once, polled until they are done, and say what they would have said", async () => {
    const created = await client().responses.create({ model: MODEL, input: ask("slow").prompt, background: true });
    expect(created.status).toBe("queued");
    const deadline = Date.now() + 30_000;
    let polled = created;
    while (polled.status === "queued" || polled.status === "in_progress") {
      expect(Date.now()).toBeLessThan(deadline);
      await new Promise((resolve) => setTimeout(resolve, 100));
      polled = await client().responses.retrieve(created.id);
    }
    expect(polled.status).toBe("completed");
    expect(polled.output_text).toMatch(/^Answer: 1/);
  });

  test("are cancelled while they run, which stops the provider's call", async () => {
    const asked = ask("stall");
    const { id } = await client().responses.create({ model: MODEL, input: asked.prompt, background: true });
    await until(() => callsOf(asked).length === 1);
    expect((await client().responses.cancel(id)).status).toBe("cancelled");
    await until(() => callsOf(asked).every(({ isAborted }) => isAborted));
    expect((await client().responses.retrieve(id)).status).toBe("cancelled");
  });

  test("streamed, are gone on with after any event, without a gap and without one twice", async () => {
    const body = { model: MODEL, input: ask("hello").prompt, background: true, stream: true } as const;
    const all = [];
    for await (const event of await client().responses.create(body)) all.push(event);
    const id = all.flatMap((event) => (event.type === "response.created" ? [event.response.id] : []))[0] ?? "";
    for (const [at, { sequence_number }] of all.slice(0, -1).entries()) {
      const rest = [];
      const resumed = await client().responses.retrieve(id, { stream: true, starting_after: sequence_number });
      for await (const event of resumed) rest.push(event.sequence_number);
      expect(rest).toEqual(all.slice(at + 1).map((event) => event.sequence_number));
    }
  });
});
