import { expect, test } from "vitest";
import { createLiveAnswer, type LiveLine } from "../../../durable-objects/search-tree/live-answer.ts";
import { createLiveNews } from "../../../src/api/chat-completions/live-news.ts";

async function linesOf(stream: ReadableStream<Uint8Array>): Promise<LiveLine[]> {
  const text = await new Response(stream).text();
  return text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as LiveLine]));
}

const word = (text: string) => ({ index: 0, text });

test("a viewer that comes late is told the attempt under way from its beginning, and then what comes", async () => {
  const live = createLiveAnswer();
  let hasEnded = false;
  live.begin();
  live.add(word("lost"));
  live.begin();
  live.add(word("one "));
  const lines = linesOf(live.follow(() => hasEnded));
  await Promise.resolve();
  live.add(word("two"));
  hasEnded = true;
  live.wake();
  expect(await lines).toEqual([{ begin: 2 }, word("one "), word("two")]);
});

test("a viewer that reads slowly gets all of it in few pieces, and holds nobody up", async () => {
  const live = createLiveAnswer();
  const reader = live.follow(() => false).getReader();
  live.begin();
  for (let at = 0; at < 1000; at++) live.add(word(String(at)));
  const { value } = await reader.read();
  const { value: more = new Uint8Array() } = (value?.length ?? 0) > 20_000 ? { value: undefined } : await reader.read();
  const text = new TextDecoder().decode(value) + new TextDecoder().decode(more);
  expect(text.split("\n").filter((line) => line !== "")).toHaveLength(1001);
  await reader.cancel();
});

test("what is kept is bounded, and nothing follows what is left out", async () => {
  const live = createLiveAnswer();
  live.begin();
  for (let at = 0; at < 9; at++) live.add(word("x".repeat(999_900)));
  live.add(word("late"));
  const lines = await linesOf(live.follow(() => true));
  expect(lines.length).toBeGreaterThan(7);
  expect(lines.length).toBeLessThan(10);
  expect(JSON.stringify(lines)).not.toContain("late");
});

test("a reader opens anew where the object is lost, and lines may come cut anywhere, also inside a character", async () => {
  const bytes = new TextEncoder().encode(`${JSON.stringify({ begin: 1 })}\n${JSON.stringify(word("Bäume 🌳"))}\n`);
  const streamOf = (end: "close" | "error", ...parts: Uint8Array[]) =>
    new ReadableStream<Uint8Array>({
      pull: (controller) => {
        const part = parts.shift();
        if (part !== undefined) controller.enqueue(part);
        else if (end === "close") controller.close();
        else controller.error(new Error("reset"));
      },
    });
  const streams = [
    streamOf("error", bytes.slice(0, 20)),
    streamOf("close", ...Array.from(bytes, (_byte, at) => bytes.slice(at, at + 1))),
  ];
  const news = createLiveNews(async () => streams.shift() ?? null, 1);
  const lines: LiveLine[] = [];
  for (let come = await news.next(); come !== null; come = await news.next()) lines.push(...come);
  expect(lines).toEqual([{ begin: 1 }, { begin: 1 }, word("Bäume 🌳")]);
});

test("a reader gives up on an object that never answers: the result has the last word", async () => {
  let tries = 0;
  const open = async (): Promise<null> => {
    tries++;
    throw new Error("down");
  };
  expect(await createLiveNews(open, 0).next()).toBe(null);
  expect(tries).toBe(8);
});
