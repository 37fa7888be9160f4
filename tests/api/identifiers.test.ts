import { expect, test } from "vitest";
import { withIdentifiers } from "../../src/api/searches/identifiers.ts";
import type { Message } from "../../src/core/problem.ts";

const system: Message = { role: "system", content: "Be brief." };
const question: Message = { role: "user", content: "Why?" };
const later: readonly Message[] = [
  { role: "assistant", content: "Because." },
  { role: "user", content: "And?" },
];

async function identifiersOf(messages: readonly Message[], body = {}, tenantId = "a") {
  const problem = await withIdentifiers({ messages, forwarded: { top_k: 1 }, reference: null }, body, tenantId);
  return problem.forwarded as { prompt_cache_key: string; safety_identifier?: string };
}

test("all turns of a conversation have one cache key, which is nobody else's", async () => {
  const { prompt_cache_key: key } = await identifiersOf([system, question]);
  expect(await identifiersOf([system, question, ...later])).toEqual({ top_k: 1, prompt_cache_key: key });
  expect((await identifiersOf([system, { role: "user", content: "Who?" }])).prompt_cache_key).not.toBe(key);
  expect((await identifiersOf([system, question], {}, "b")).prompt_cache_key).not.toBe(key);
});

test("a client's own cache key and its users are digests with the tenant in them (I10)", async () => {
  const body = { prompt_cache_key: "mine", user: "jane@example.com" };
  const [a, again, b] = await Promise.all([
    identifiersOf([question], body),
    identifiersOf([system, question], body),
    identifiersOf([question], body, "b"),
  ]);
  expect(again).toEqual(a);
  expect(b.prompt_cache_key).not.toBe(a.prompt_cache_key);
  expect(b.safety_identifier).not.toBe(a.safety_identifier);
  expect(JSON.stringify([a, b])).not.toMatch(/mine|jane/);
  // OpenAI's longest.
  expect(a.safety_identifier).toHaveLength(64);
});

test("the newer name of the end user wins, and nobody is made up", async () => {
  const [both, newer, none] = await Promise.all([
    identifiersOf([question], { user: "x", safety_identifier: "y" }),
    identifiersOf([question], { safety_identifier: "y" }),
    identifiersOf([question], { user: "" }),
  ]);
  expect(both.safety_identifier).toBe(newer.safety_identifier);
  expect(none).not.toHaveProperty("safety_identifier");
});

test("what a message holds besides text is not looked at", async () => {
  const picture = { type: "image_url", image_url: { url: `data:image/png;base64,${"A".repeat(100)}` } };
  const withPicture: Message = { role: "user", content: [{ type: "text", text: "Why?" }, picture] };
  const other: Message = {
    role: "user",
    content: [
      { type: "text", text: "Why?" },
      { ...picture, image_url: {} },
    ],
  };
  expect(await identifiersOf([withPicture])).toEqual(await identifiersOf([other]));
});
