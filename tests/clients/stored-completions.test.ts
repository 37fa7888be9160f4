import OpenAI, { NotFoundError } from "openai";
import { expect, test } from "vitest";
import { HELLO } from "../setup/scenarios.ts";
import { collect } from "./client.ts";
import { MODEL, setStage } from "./stage.ts";

// OpenAI's SDK on stored chat completions (WIRE.md 1.8), over HTTP against the whole service: real objects, real D1.
const stage = setStage();

const clientOf = () => new OpenAI({ baseURL: `${stage.url}/v1`, apiKey: stage.key, maxRetries: 0 });

async function store(metadata: Record<string, string>) {
  const messages = [{ role: "user" as const, content: stage.ask("hello").prompt }];
  const completion = await clientOf().chat.completions.create({ model: MODEL, messages, metadata, store: true });
  return { completion, messages };
}

async function listed(metadata: Record<string, string>, count: number) {
  const query = { metadata, limit: 2 };
  for (;;) {
    const all = await collect(clientOf().chat.completions.list(query));
    if (all.length >= count) return all;
  }
}

test("what was stored is retrieved, listed page by page, updated and deleted", async () => {
  const { completions } = clientOf().chat;
  const created: string[] = [];
  for (const run of ["1", "2", "3", "4", "5"]) {
    created.push((await store({ suite: "sdk", run })).completion.id);
  }
  expect((await listed({ suite: "sdk" }, 5)).map(({ id }) => id)).toEqual(created);
  const newest = await completions.list({ order: "desc", limit: 2, model: MODEL, metadata: { suite: "sdk" } });
  expect([newest.data.map(({ id }) => id), newest.has_more]).toEqual([[created[4], created[3]], true]);

  const id = created[0] ?? "";
  expect((await completions.retrieve(id)).choices[0]?.message.content).toBe(HELLO);
  const updated = await completions.update(id, { metadata: { suite: "sdk", run: "again" } });
  expect(updated).toEqual(await completions.retrieve(id));
  expect((await listed({ run: "again" }, 1)).map((one) => one.id)).toEqual([id]);

  expect(await completions.delete(id)).toEqual({ id, object: "chat.completion.deleted", deleted: true });
  await expect(completions.retrieve(id)).rejects.toThrow(NotFoundError);
  expect((await listed({ suite: "sdk" }, 4)).map((one) => one.id)).toEqual(created.slice(1));
});

test("its messages are listed, and its search is where the completion says", async () => {
  const { completion, messages } = await store({});
  const stored = await collect(clientOf().chat.completions.messages.list(completion.id, { limit: 1 }));
  expect(stored).toMatchObject([{ id: `${completion.id}-0`, ...messages[0], content_parts: null }]);
  const { search } = completion as unknown as { search: { id: string; trace_url: string } };
  const trace = await clientOf().get(search.trace_url.replace(/^\/v1/, ""));
  expect(trace).toMatchObject({ object: "search", id: search.id, answer: HELLO });
});

test("what was not stored is no more to be had than what never was", async () => {
  const messages = [{ role: "user" as const, content: stage.ask("hello").prompt }];
  const { id } = await clientOf().chat.completions.create({ model: MODEL, messages, metadata: { suite: "unstored" } });
  await expect(clientOf().chat.completions.retrieve(id)).rejects.toThrow(NotFoundError);
  await expect(clientOf().chat.completions.delete(id)).rejects.toThrow(NotFoundError);
  expect(await collect(clientOf().chat.completions.list({ metadata: { suite: "unstored" } }))).toEqual([]);
});
