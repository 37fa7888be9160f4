import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { call, callsOf, GAME, MODEL, mintKey, question } from "./client.ts";

let key = "";
beforeAll(async () => {
  key = await mintKey("tenant_verifiers");
});

interface Answer {
  readonly choices: readonly { readonly message: { readonly content: string } }[];
  readonly search: {
    readonly id: string;
    readonly method: string;
    readonly verifier: string;
    readonly rollouts: number;
    readonly model_calls: number;
    readonly note: string | null;
    readonly clamped: readonly string[];
    readonly score: number | null;
    readonly verdict: { readonly verifier: string; readonly reason: string; readonly kind: string } | null;
  };
}

async function ask(search: unknown, messages = question("distinct").messages) {
  const response = await call(key, "POST", "/v1/chat/completions", { model: MODEL, messages, search });
  return { status: response.status, body: await response.json<Answer & { error: { code: string; param: string } }>() };
}

describe("the honest case", () => {
  test("no verifier: one call, and the response says so", async () => {
    const { messages, tag } = question("distinct");
    const { body } = await ask(undefined, messages);
    expect(body.search).toMatchObject({ method: "single", verifier: "none", note: "no_verifier", model_calls: 1 });
    expect(body.search.clamped).toEqual([]);
    expect(await callsOf(tag)).toHaveLength(1);
  });

  test("a tree search without a verifier is capped at self-consistency, and that is said", async () => {
    const { body } = await ask({ method: "mcts", verifier: "none", budget: { max_rollouts: 4 } });
    expect(body.search).toMatchObject({
      method: "self-consistency",
      verifier: "none",
      note: "no_verifier",
      clamped: ["search.method"],
    });
  });

  test("candidates that all say the same are told as such", async () => {
    const { messages } = question("hello");
    const search = { method: "best_of_n", verifier: "agreement", budget: { max_rollouts: 4 } };
    const { body } = await ask(search, messages);
    expect(body.search).toMatchObject({ verifier: "agreement", note: "no_diversity", rollouts: 4 });
  });

  test("who scored is told, here and where the search is read", async () => {
    const { messages } = question("late", GAME);
    const { body } = await ask({ method: "best_of_n", budget: { max_rollouts: 8 } }, messages);
    expect(body.search.verifier).toBe("game-of-24");
    const read = await call(key, "GET", `/v1/searches/${body.search.id}`);
    expect(await read.json()).toMatchObject({ verifier: "game-of-24" });
  });
});

describe("scorers outside, reached from workerd", () => {
  const best = (verifier: unknown) => ({ method: "best_of_n", verifier, budget: { max_rollouts: 6, max_parallel: 6 } });

  test("a webhook's favourite is served, with its reason", async () => {
    const { body } = await ask(best({ type: "webhook", url: `${env.SCORER_URL}/webhook` }));
    expect(body.search).toMatchObject({
      verifier: "webhook",
      score: 0.9,
      verdict: { verifier: "webhook", reason: "liked", kind: "estimate" },
    });
    expect(body.choices[0]?.message.content).toContain("Candidate 3.");
  });

  test("a reward model's favourite is served", async () => {
    const { body } = await ask(best({ type: "process_reward", reward_model: "prm" }));
    expect(body.search).toMatchObject({ verifier: "process-reward", score: 0.9 });
    expect(JSON.stringify(body)).not.toContain("canary");
  });

  test.each(["out-of-range", "down", "nowhere"])("a webhook that is %s costs no answer", async (path) => {
    const { status, body } = await ask(best({ type: "webhook", url: `${env.SCORER_URL}/${path}` }));
    expect(status).toBe(200);
    expect(body.choices[0]?.message.content).toMatch(/^Candidate/);
    expect(body.search).toMatchObject({ verifier: "webhook", score: null });
  });

  test.each([
    [{ type: "webhook", url: "https://169.254.169.254/latest/meta-data" }, "search.verifier.url"],
    [{ type: "webhook", url: "https://scorer.example.com/" }, "search.verifier.secret_name"],
    [{ type: "process_reward", reward_model: "other" }, "search.verifier.reward_model"],
    [{ type: "judge", rubric: "x", model: "gpt-0" }, "search.verifier.model"],
    [{ type: "judge", rubrik: "x" }, "search.verifier.rubrik"],
  ])("%j is a 400 at %s", async (verifier, param) => {
    const { status, body } = await ask(best(verifier));
    expect([status, body.error.param]).toEqual([400, param]);
  });
});
