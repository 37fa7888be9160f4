import { describe, expect, test } from "vitest";
import { answer, FAULTS, rateLimit, refusal, type ScriptedCall } from "../upstream/index.ts";
import { createRoutedRig } from "./routed-support.ts";
import { errorOf, textsOf } from "./support.ts";

const say = (text: string) => () => answer([text]);
const always = (actions: ReturnType<typeof answer>) => () => actions;

describe("fallback", () => {
  const passing = {
    unavailable: FAULTS.serverError,
    "rate-limited": rateLimit(),
    timeout: FAULTS.resetBeforeHeaders,
    malformed: FAULTS.html,
    unauthorized: FAULTS.unauthorized,
    forbidden: FAULTS.forbidden,
    "model-not-found": FAULTS.notFound,
  };

  test.each(Object.entries(passing))(
    "%s of the first: the second serves, and both calls are metered",
    async (_name, fault) => {
      const rig = await createRoutedRig({ a: always(fault), b: say("from b") });
      const outcome = await rig.ask();
      expect(textsOf(outcome)).toEqual(["from b"]);
      expect(outcome.attempts.map(({ provider }) => provider)).toEqual(["a", "b"]);
      expect(rig.raised.map(({ reason }) => reason)).toEqual(["fallback"]);
    },
  );

  test.each([
    ["invalid-request", FAULTS.badParameter],
    ["context-length", FAULTS.contextLength],
  ])("%s is final: nobody else is asked", async (type, fault) => {
    const rig = await createRoutedRig({ a: always(fault), b: say("from b") });
    expect(errorOf(await rig.ask()).type).toBe(type);
    expect(rig.calls()).toEqual([1, 0]);
  });

  test("without a grant of the hold nobody else is asked; the step may come again at once and then asks the other", async () => {
    const rig = await createRoutedRig({ a: always(FAULTS.unauthorized), b: say("from b") });
    expect(errorOf(await rig.ask({}, 0))).toMatchObject({ type: "unavailable", retryAfterMs: 0 });
    expect(textsOf(await rig.ask({}, 0))).toEqual(["from b"]);
    expect(rig.calls()).toEqual([1, 1]);
  });

  test("a provider whose key was refused is not asked again", async () => {
    const rig = await createRoutedRig({ a: always(FAULTS.unauthorized), b: say("from b") });
    for (let call = 0; call < 3; call++) await rig.ask();
    expect(rig.calls()).toEqual([1, 3]);
  });

  test("one that has just failed comes after one that has not, and is first again once it has answered", async () => {
    const a = ({ number }: ScriptedCall) => (number === 1 ? FAULTS.serverError : answer(["from a"]));
    const b = ({ number }: ScriptedCall) => (number === 2 ? FAULTS.serverError : answer(["from b"]));
    const rig = await createRoutedRig({ a, b });
    expect(textsOf(await rig.ask())).toEqual(["from b"]);
    expect(textsOf(await rig.ask())).toEqual(["from a"]);
    expect(textsOf(await rig.ask())).toEqual(["from a"]);
    expect(rig.calls()).toEqual([3, 2]);
  });

  test("when all fail, the error is the one that may be over soonest", async () => {
    const rig = await createRoutedRig({
      a: always(rateLimit({ "retry-after": "3600" })),
      b: always(rateLimit({ "retry-after": "2" })),
    });
    expect(errorOf(await rig.ask())).toMatchObject({ type: "rate-limited", retryAfterMs: 2000 });
  });

  test("one provider alone fails as it would without us, in one call", async () => {
    const rig = await createRoutedRig({ a: always(FAULTS.serverError) });
    expect(errorOf(await rig.ask()).type).toBe("unavailable");
    expect(rig.calls()).toEqual([1]);
    expect(rig.raised).toEqual([]);
  });
});

describe("Retry-After", () => {
  const inTenMinutes = new Date(Date.now() + 600_000).toUTCString();

  test.each([
    ["seconds", { "retry-after": "600" }, 600_000],
    ["an hour", { "retry-after": "3600" }, 3_600_000],
    ["milliseconds", { "retry-after-ms": "450000" }, 450_000],
    ["a date", { "retry-after": inTenMinutes }, 600_000],
  ] as const)("in %s: the provider is left alone for so long, and others serve", async (_name, headers, atMostMs) => {
    const rig = await createRoutedRig({ a: always(rateLimit(headers)), b: say("from b") });
    for (let call = 0; call < 3; call++) expect(textsOf(await rig.ask())).toEqual(["from b"]);
    expect(rig.calls()).toEqual([1, 3]);
    const alone = await createRoutedRig({ a: always(rateLimit(headers)) });
    const { retryAfterMs } = errorOf(await alone.ask()) as { retryAfterMs: number };
    expect(retryAfterMs).toBeLessThanOrEqual(atMostMs);
    expect(retryAfterMs).toBeGreaterThan(0.8 * atMostMs);
    expect(errorOf(await alone.ask())).toMatchObject({ type: "rate-limited" });
    expect(alone.calls()).toEqual([1]);
  });

  test.each([
    ["absent", {}],
    ["garbage", { "retry-after": "soon" }],
    ["negative", { "retry-after": "-5" }],
  ] as const)("%s: the provider may be asked again, after those that have not failed", async (_name, headers) => {
    const rig = await createRoutedRig({ a: always(rateLimit(headers)) });
    for (let call = 0; call < 3; call++) expect(errorOf(await rig.ask())).toMatchObject({ type: "rate-limited" });
    expect(rig.calls()).toEqual([3]);
  });
});

describe("circuit breaker", () => {
  test("after five failures in a row a provider is not asked, and says for how long", async () => {
    const rig = await createRoutedRig({ a: always(FAULTS.serverError) });
    for (let call = 0; call < 5; call++) await rig.ask();
    const outcome = await rig.ask();
    expect(outcome.attempts).toEqual([]);
    expect(errorOf(outcome)).toMatchObject({ type: "unavailable" });
    const { retryAfterMs } = errorOf(outcome) as { retryAfterMs: number };
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(retryAfterMs).toBeLessThanOrEqual(1000);
    expect(rig.calls()).toEqual([5]);
  });

  test("what comes while the one probe is out waits for it, and goes on when it has succeeded", async () => {
    const a = ({ number }: ScriptedCall) =>
      number <= 5 ? FAULTS.serverError : answer(["back"], { headerDelayMs: 50 });
    const rig = await createRoutedRig({ a });
    for (let call = 0; call < 5; call++) await rig.ask();
    await new Promise((resolve) => setTimeout(resolve, 1001));
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => rig.ask()));
    expect(outcomes.flatMap(textsOf)).toEqual(Array.from({ length: 8 }, () => "back"));
    const [, , , , , probe, next] = rig.upstreams.a?.ledger.calls ?? [];
    // The probe alone was under way until it was answered.
    expect(next?.receivedAtMs).toBeGreaterThanOrEqual(probe?.headersAtMs ?? 0);
    expect(rig.calls()).toEqual([13]);
  });

  test("what comes while the one probe is out is refused with it when it fails: one call more", async () => {
    const rig = await createRoutedRig({ a: always(FAULTS.serverError) });
    for (let call = 0; call < 5; call++) await rig.ask();
    await new Promise((resolve) => setTimeout(resolve, 1001));
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => rig.ask()));
    expect(outcomes.map((one) => errorOf(one).type)).toEqual(Array.from({ length: 8 }, () => "unavailable"));
    expect(rig.calls()).toEqual([6]);
  });

  test("refusals and 429 are answers: they do not open it", async () => {
    const rig = await createRoutedRig({ a: always(rateLimit()) });
    for (let call = 0; call < 12; call++) await rig.ask();
    expect(rig.calls()).toEqual([12]);
  });
});

describe("a request that a provider cannot take", () => {
  const long = [{ role: "user" as const, content: "word ".repeat(2000) }];

  test("is not sent where its context is known to be too short, and is where it is long enough", async () => {
    const rig = await createRoutedRig(
      { a: say("a"), b: say("b") },
      {},
      { a: { contextTokens: 500 }, b: { contextTokens: 100_000 } },
    );
    expect(textsOf(await rig.ask({ messages: long }))).toEqual(["b"]);
    expect(rig.calls()).toEqual([0, 1]);
  });

  test("is refused with the words that clients look for where nobody can take it", async () => {
    const rig = await createRoutedRig({ a: say("a") }, {}, { a: { contextTokens: 500 } });
    const outcome = await rig.ask({ messages: long });
    expect(errorOf(outcome).type).toBe("context-length");
    expect(errorOf(outcome).message).toContain("maximum context length is 500 tokens");
    expect(outcome.attempts).toEqual([]);
    expect(rig.calls()).toEqual([0]);
  });

  test("asks for no more tokens than the context has left, and no more alternatives than are given", async () => {
    const rig = await createRoutedRig(
      { a: say("a") },
      {},
      { a: { contextTokens: 100, topLogprobs: 5, logprobs: true } },
    );
    await rig.ask({ maxTokens: 4000, topLogprobs: 20 });
    const { body } = rig.upstreams.a?.ledger.calls[0] ?? {};
    // "Reach 24 with 4 4 6 8." has 22 characters: three tokens at least.
    expect(body).toMatchObject({ max_tokens: 97, top_logprobs: 5 });
  });

  test.each([
    ["tools", { tools: false }, { tools: [{ type: "function" }] }],
    ["json_schema", { jsonSchema: false }, { response_format: { type: "json_schema" } }],
  ])("%s: the one that can serves; with none it is a clear refusal", async (word, lack, forwarded) => {
    const rig = await createRoutedRig({ a: say("a"), b: say("b") }, {}, { a: lack });
    expect(textsOf(await rig.ask({ forwarded }))).toEqual(["b"]);
    const alone = await createRoutedRig({ a: say("a") }, {}, { a: lack });
    const error = errorOf(await alone.ask({ forwarded }));
    expect([error.type, error.message]).toEqual(["invalid-request", expect.stringContaining(word)]);
    expect(alone.calls()).toEqual([0]);
  });

  test("a seed is left out where it is refused, and a prefill comes without vLLM's fields", async () => {
    const rig = await createRoutedRig(
      { a: say("a") },
      {},
      { a: { seed: false, continuation: true, continuationBy: "prefill" } },
    );
    await rig.ask({ prefix: "4 + 8" });
    const { body } = rig.upstreams.a?.ledger.calls[0] ?? {};
    expect(body).not.toHaveProperty("seed");
    expect(body).not.toHaveProperty("continue_final_message");
    expect(body?.messages).toMatchObject([{ role: "user" }, { role: "assistant", content: "4 + 8" }]);
  });
});

test("who gives log-probabilities is asked for them, and who continues an answer by itself is asked first", async () => {
  const capabilities = { b: { logprobs: true }, c: { continuation: true } };
  const rig = await createRoutedRig({ a: say("a"), b: say("b"), c: say("c") }, {}, capabilities);
  expect(textsOf(await rig.ask({ topLogprobs: 5 }))).toEqual(["b"]);
  expect(textsOf(await rig.ask({ prefix: "4 + " }))).toEqual(["c"]);
  expect(textsOf(await rig.ask())).toEqual(["a"]);
});

test("the same beginning of a prompt goes to one provider, whatever the seeds", async () => {
  const rig = await createRoutedRig({ a: say("a"), b: say("b"), c: say("c") }, { policy: "sticky" });
  for (let seed = 0; seed < 9; seed++) await rig.ask({ seed });
  expect(rig.calls().filter((count) => count > 0)).toEqual([9]);
});

test("a refusal of n = 1 apart, a 400 that names a parameter is no reason to ask elsewhere", async () => {
  const rig = await createRoutedRig({
    a: always(refusal(400, "top_p must be positive", { param: "top_p" })),
    b: say("b"),
  });
  expect(errorOf(await rig.ask()).type).toBe("invalid-request");
  expect(rig.calls()).toEqual([1, 0]);
});
