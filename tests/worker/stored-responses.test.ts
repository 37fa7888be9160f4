import { abortAllDurableObjects } from "cloudflare:test";
import type OpenAI from "openai";
import { beforeAll, describe, expect, test } from "vitest";
import { HELLO, SOLVED } from "../setup/scenarios.ts";
import { call, callsOf, GAME, MODEL, mintKey, openAi, question, until } from "./client.ts";
import { ask, errorOf, eventsOf, expectComplete, type WireResponse } from "./response-client.ts";

let key = "";
beforeAll(async () => {
  key = await mintKey("tenant_responses");
});

describe("stored responses", () => {
  test("a response goes on with the one before it, and lists only its own input", async () => {
    const client = openAi(key);
    const { input, tag } = ask("hello");
    const first = await client.responses.create({ model: MODEL, instructions: "First rule.", input });
    const second = await client.responses.create({
      model: MODEL,
      instructions: "Second rule.",
      previous_response_id: first.id,
      input: [{ role: "user", content: [{ type: "input_text", text: "And now?" }] }],
    });
    const third = await client.responses.create({ model: MODEL, previous_response_id: second.id, input: "Then?" });
    expect((await callsOf(tag))[2]?.body.messages).toEqual([
      { role: "user", content: input },
      { role: "assistant", content: HELLO },
      { role: "user", content: "And now?" },
      { role: "assistant", content: HELLO },
      { role: "user", content: "Then?" },
    ]);
    expect((await callsOf(tag))[1]?.body.messages).toContainEqual({ role: "system", content: "Second rule." });
    expect((await callsOf(tag))[1]?.body.messages).not.toContainEqual({ role: "system", content: "First rule." });
    expect(third.previous_response_id).toBe(second.id);
    const items = await client.responses.inputItems.list(second.id);
    expect(items.data).toMatchObject([
      { type: "message", role: "user", content: [{ type: "input_text", text: "And now?" }], status: "completed" },
    ]);
  });

  test("input items are all there, in the order and the pages asked for", async () => {
    const client = openAi(key);
    const { id } = await client.responses.create({
      model: MODEL,
      input: [
        { role: "user", content: "What is the weather?" },
        { type: "function_call", call_id: "call_1", name: "weather", arguments: "{}" },
        { type: "function_call_output", call_id: "call_1", output: "rain" },
        { role: "user", content: ask("hello").input },
      ],
    });
    const types: string[] = [];
    for await (const item of client.responses.inputItems.list(id, { order: "asc", limit: 1 })) types.push(item.type);
    expect(types).toEqual(["message", "function_call", "function_call_output", "message"]);
    const newest = await client.responses.inputItems.list(id, { limit: 2 });
    expect(newest.data.map(({ type }) => type)).toEqual(["message", "function_call_output"]);
    const bad = await call(key, "GET", `/v1/responses/${id}/input_items?limit=0`);
    expect(await errorOf(bad)).toMatchObject({ code: "invalid_value", param: "limit" });
  });

  test("a reference to an earlier item stands for what it said", async () => {
    const client = openAi(key);
    const first = await client.responses.create({ model: MODEL, input: ask("hello").input });
    const { input, tag } = ask("hello");
    await client.responses.create({
      model: MODEL,
      input: [
        { type: "item_reference", id: first.output[0]?.id ?? "" },
        { role: "user", content: input },
      ],
    });
    expect((await callsOf(tag))[0]?.body.messages).toEqual([
      { role: "assistant", content: HELLO },
      { role: "user", content: input },
    ]);
  });

  test("nothing goes on from a response that has no output yet", async () => {
    const client = openAi(key);
    const { id } = await client.responses.create({ model: MODEL, input: ask("stall").input, background: true });
    const next = await call(key, "POST", "/v1/responses", { model: MODEL, input: "And?", previous_response_id: id });
    expect(next.status).toBe(400);
    expect(await errorOf(next)).toMatchObject({
      code: "previous_response_not_found",
      message: expect.stringContaining("has no output"),
    });
    expect((await call(key, "DELETE", `/v1/responses/${id}`)).status).toBe(200);
    // Its search goes with it.
    expect((await call(key, "GET", `/v1/searches/${id.replace("resp_", "srch_")}`)).status).toBe(404);
  });

  test("a deleted response is gone, and so is one that was not to be stored or belongs to somebody else", async () => {
    const client = openAi(key);
    const kept = await client.responses.create({ model: MODEL, input: ask("hello").input });
    expect((await client.responses.retrieve(kept.id)).id).toBe(kept.id);
    const stranger = openAi(await mintKey("tenant_stranger"));
    await expect(stranger.responses.retrieve(kept.id)).rejects.toMatchObject({ status: 404 });
    const deleted = await call(key, "DELETE", `/v1/responses/${kept.id}`);
    expect(await deleted.json()).toEqual({ id: kept.id, object: "response", deleted: true });
    await expect(client.responses.retrieve(kept.id)).rejects.toMatchObject({ status: 404 });

    const unstored = await client.responses.create({ model: MODEL, input: ask("hello").input, store: false });
    expect(unstored).toMatchObject({ store: false, output_text: HELLO });
    await expect(client.responses.retrieve(unstored.id)).rejects.toMatchObject({
      status: 404,
      code: "response_not_found",
      param: "response_id",
    });
  });

  test("a chat completion is no response, whatever its id is called", async () => {
    const { messages } = question("hello");
    const completion = await openAi(key).chat.completions.create({ model: MODEL, messages });
    const response = await call(key, "GET", `/v1/responses/${completion.id.replace("chatcmpl-", "resp_")}`);
    expect(response.status).toBe(404);
  });
});

describe("in the background", () => {
  test("it is queued at once, polled while it runs, and completed in the end", async () => {
    const client = openAi(key);
    const { input } = ask("slow");
    const created = await client.responses.create({ model: MODEL, input, background: true });
    expect(created).toMatchObject({ status: "queued", background: true, output: [], usage: null });
    expectComplete(created);
    const seen = new Set<string | undefined>();
    await until(async () => {
      const { status } = await client.responses.retrieve(created.id);
      seen.add(status);
      return status === "completed";
    });
    expect([...seen]).toEqual(["in_progress", "completed"]);
    const done = await client.responses.retrieve(created.id);
    expect(done.output_text).toBe("Answer: 1 + 0");
    expectComplete(done);
  });

  test("a failed one says so to whoever asks", async () => {
    const client = openAi(key);
    const { id } = await client.responses.create({ model: MODEL, input: ask("unauthorized").input, background: true });
    await until(async () => (await client.responses.retrieve(id)).status !== "in_progress");
    expect(await client.responses.retrieve(id)).toMatchObject({
      status: "failed",
      output: [],
      error: { code: "upstream_unauthorized" },
    });
  });

  test("it outlives the loss of the object that runs it, and so does whoever waits for its stream", async () => {
    const { input } = ask("late", GAME);
    const search = { method: "best_of_n", budget: { max_rollouts: 64, max_parallel: 1 } };
    const created = await call(key, "POST", "/v1/responses", { model: MODEL, input, background: true, search });
    const { id } = await created.json<WireResponse>();
    const watched = await call(key, "GET", `/v1/responses/${id}?stream=true`);
    await abortAllDurableObjects();
    const events = await eventsOf(watched);
    expect(events.at(-1)).toMatchObject({ type: "response.completed", response: { id, status: "completed" } });
    const done = await openAi(key).responses.retrieve(id);
    expect(done).toMatchObject({ status: "completed", output_text: SOLVED });
  });

  test("cancelling ends it with its best so far, and again changes nothing", async () => {
    const client = openAi(key);
    const { input, tag } = ask("one-then-stall");
    const search = { method: "best_of_n", verifier: "agreement", budget: { max_rollouts: 4 } };
    const body = { model: MODEL, input, background: true, search };
    const { id } = await (await call(key, "POST", "/v1/responses", body)).json<WireResponse>();
    await until(async () => (await callsOf(tag)).length > 1);
    const cancelled = await client.responses.cancel(id);
    expect(cancelled.status).toBe("cancelled");
    expectComplete(cancelled);
    await until(async () => (await callsOf(tag)).some((one) => one.isAborted));
    const { status, output } = await client.responses.cancel(id);
    expect({ status, output }).toEqual({ status: "cancelled", output: cancelled.output });
  });

  test("only what runs in the background can be cancelled", async () => {
    const { id } = await openAi(key).responses.create({ model: MODEL, input: ask("hello").input });
    const response = await call(key, "POST", `/v1/responses/${id}/cancel`);
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatchObject({ code: "response_not_in_background" });
  });

  test("its stream can be left and taken up again, without a gap and without a repeat", async () => {
    const client = openAi(key);
    const { input } = ask("slow");
    const stream = await client.responses.create({ model: MODEL, input, background: true, stream: true });
    const events: OpenAI.Responses.ResponseStreamEvent[] = [];
    for await (const event of stream) {
      events.push(event);
      if (event.type === "response.in_progress") break;
    }
    const [first] = events;
    const id = first?.type === "response.created" ? first.response.id : "";
    const after = events.at(-1)?.sequence_number ?? 0;
    const rest = await client.responses.retrieve(id, { stream: true, starting_after: after });
    for await (const event of rest) events.push(event);
    expect(events.map((event) => event.sequence_number)).toEqual(events.map((_event, index) => index));
    expect(events.at(1)?.type).toBe("response.queued");
    expect(events.at(-1)?.type).toBe("response.completed");

    const whole = await eventsOf(await call(key, "GET", `/v1/responses/${id}?stream=true`));
    expect(whole).toEqual(events);
    const tail = await eventsOf(await call(key, "GET", `/v1/responses/${id}?stream=true&starting_after=5`));
    expect(tail).toEqual(events.slice(6));
    const replayed = await client.responses.stream({ response_id: id, starting_after: 5 }).finalResponse();
    expect(replayed).toMatchObject({ id, status: "completed", output_text: "Answer: 1 + 0" });
  });

  test("a starting point that is no number is refused", async () => {
    const { id } = await openAi(key).responses.create({ model: MODEL, input: ask("hello").input });
    const response = await call(key, "GET", `/v1/responses/${id}?stream=true&starting_after=x`);
    expect(await errorOf(response)).toMatchObject({ code: "invalid_value", param: "starting_after" });
  });
});
