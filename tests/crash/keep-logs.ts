import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { scriptedProvider, startProvider } from "../../bench/provider/process.ts";
import { startBareService } from "../../bench/workerd/service.ts";

/**
 * `node tests/crash/keep-logs.ts NAME`: searches of four methods by the code as it is now, on bare workerd, and of each log
 * what is in storage in the middle of it, as `logs/NAME-METHOD.json`. That is what a crash leaves and what a later version has to
 * go on with (I19). Run before a change to what logs hold. It imports what old checkouts have, too.
 */
const [name = "", folder = join(import.meta.dirname, "logs")] = process.argv.slice(2);
if (name === "") throw new Error("node tests/crash/keep-logs.ts NAME [FOLDER]");

const HAND = "Use 4 9 10 13 to make 24";
const QUESTION = "What is the answer?";
const SEARCHES = [
  {
    content: HAND,
    search: { method: "best-of-n", verifier: "agreement", budget: { max_rollouts: 8, max_parallel: 3 } },
  },
  { content: QUESTION, search: { method: "self-consistency", budget: { max_rollouts: 8, max_parallel: 4 } } },
  { content: HAND, search: { method: "mcts", budget: { max_rollouts: 6, max_parallel: 2, max_model_calls: 24 } } },
  {
    content: QUESTION,
    search: { method: "beam", verifier: "judge", budget: { max_rollouts: 4, max_parallel: 4, max_model_calls: 24 } },
  },
] as const;
/** Of the log at least: some answers are in it, and more are to come. */
const STEPS_ANSWERED = 2;

const provider = await startProvider({
  latency: { firstToken: { type: "lognormal", medianMs: 400, sigma: 1 }, perToken: { type: "constant", ms: 20 } },
});
const service = await startBareService({ providers: [scriptedProvider(provider.url)] });
const headers = { authorization: `Bearer ${service.key}`, "content-type": "application/json" };
mkdirSync(folder, { recursive: true });
for (const { content, search } of SEARCHES) {
  const leaving = new AbortController();
  const messages = [{ role: "user", content }];
  const body = { model: "espalier/scripted", messages, search, stream: true, seed: 7, max_tokens: 64 };
  const { signal } = leaving;
  const begun = await fetch(`${service.url}/v1/chat/completions`, {
    method: "POST",
    headers,
    signal,
    body: JSON.stringify(body),
  });
  const searchId = begun.headers.get("x-search-id") ?? "";
  const events = await fetch(`${service.url}/v1/searches/${searchId}/events`, { headers, signal });
  let text = "";
  // A chunk is what storage held when it was read: whole transactions.
  for await (const chunk of events.body ?? []) {
    text += new TextDecoder().decode(chunk);
    if (text.split('"step-end"').length > STEPS_ANSWERED) break;
  }
  leaving.abort();
  const lines = text.split("\n").filter((line) => line !== "");
  const log = lines.map((line) => JSON.parse(line) as { type: string });
  if (log.some(({ type }) => type === "search-end")) throw new Error(`${search.method} had ended already`);
  writeFileSync(join(folder, `${name}-${search.method}.json`), `${JSON.stringify(log, null, 1)}\n`);
  console.log(`${name}-${search.method}.json: ${log.length} events`);
}
await service.close();
await provider.close();
process.exit(0);
