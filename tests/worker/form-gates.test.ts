import { beforeAll, describe, expect, test } from "vitest";
import { call, callsOf, MODEL, mintKey, openAi, question } from "./client.ts";

let key = "";
beforeAll(async () => {
  key = await mintKey("tenant_form_gates");
});

interface Choice {
  readonly message: {
    readonly content: string | null;
    readonly tool_calls?: readonly { readonly function: { readonly name: string; readonly arguments: string } }[];
  };
}

interface Answer {
  readonly choices: readonly Choice[];
  readonly search: {
    readonly verifier: string;
    readonly note: string | null;
    readonly rollouts: number;
    readonly score: number | null;
    readonly verdict: { readonly kind: string; readonly verifier: string; readonly reason: string } | null;
    readonly temperature_used: number | null;
    readonly candidates?: readonly { readonly content: string }[];
  };
  readonly error: { readonly code: string; readonly param: string; readonly message: string };
}

const SCHEMA = {
  type: "object",
  properties: { city: { type: "string" }, call: { type: "integer" } },
  required: ["city", "call"],
  additionalProperties: false,
};
const POINT = { type: "json_schema", json_schema: { name: "city", schema: SCHEMA, strict: true } };
const TOOLS = [
  {
    type: "function",
    function: {
      name: "weather",
      parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
    },
  },
];
const PROSE = "It is Bonn.";

async function ask(scenario: string, body: object) {
  const { messages, tag } = question(scenario);
  const response = await call(key, "POST", "/v1/chat/completions", { model: MODEL, messages, seed: 7, ...body });
  return { status: response.status, tag, answer: await response.json<Answer>() };
}

const six = (more: object) => ({ budget: { max_rollouts: 6, max_parallel: 6 }, return: { candidates: 8 }, ...more });

describe("WIRE 1.2 response_format: the schema is a free verifier", () => {
  test("of six answers four agree in prose, and one of the two of the schema's shape is served", async () => {
    const search = six({ method: "self-consistency", params: { stop: "none" } });
    const { answer, tag } = await ask("forms", { response_format: POINT, search });
    expect(JSON.parse(answer.choices[0]?.message.content ?? "")).toMatchObject({ city: "Bonn" });
    expect(answer.search).toMatchObject({ verifier: "response-format", rollouts: 6 });
    expect(answer.search.candidates?.map(({ content }) => content === PROSE)).toEqual([false, false, true]);
    expect(await callsOf(tag)).toHaveLength(6);
  });

  test("the judge is asked about the valid ones alone", async () => {
    const verifier = { type: "judge", rubric: "Is it good?" };
    const search = six({ method: "best_of_n", verifier });
    const { answer, tag } = await ask("forms", { response_format: POINT, search });
    expect(answer.search).toMatchObject({ verifier: "response-format+judge", score: 8 / 9 });
    expect(JSON.parse(answer.choices[0]?.message.content ?? "")).toMatchObject({ city: "Bonn" });
    const judged = (await callsOf(tag)).map(({ body }) => JSON.stringify(body.messages)).filter(isOfJudge);
    expect(judged).toHaveLength(2);
    for (const text of judged) expect(text).not.toContain(PROSE);
  });

  test("json_object is a form, too, and a verifier by votes counts those that have it", async () => {
    const search = six({ method: "best_of_n", verifier: "agreement" });
    const { answer } = await ask("forms", { response_format: { type: "json_object" }, search });
    expect(JSON.parse(answer.choices[0]?.message.content ?? "")).toMatchObject({ city: "Bonn" });
    expect(answer.search.verifier).toBe("response-format+agreement");
  });

  test("where none has the form one is served all the same, and that is said", async () => {
    const search = six({ method: "best_of_n", verifier: "agreement" });
    const { answer, status } = await ask("hello", { response_format: POINT, search });
    expect(status).toBe(200);
    expect(answer.choices[0]?.message.content).toMatch(/^Hello!/);
    expect(answer.search).toMatchObject({
      note: "no_valid_candidate",
      score: 0,
      verdict: { kind: "veto", verifier: "response-format", reason: "it is not JSON" },
    });
  });

  test("n answers are the best distinct ones: those in form first, and repeated only where there are no more", async () => {
    const search = six({ method: "self-consistency", params: { stop: "none" } });
    const { answer } = await ask("forms", { response_format: POINT, search, n: 4 });
    const contents = answer.choices.map(({ message }) => message.content);
    expect(contents.map((text) => text === PROSE)).toEqual([false, false, true, false]);
    expect(new Set(contents.slice(0, 3)).size).toBe(3);
    expect(contents[3]).toBe(contents[0]);
  });

  test("the SDK's parse() has something to parse", async () => {
    const { messages } = question("forms");
    const search = six({ method: "best_of_n", verifier: "agreement" });
    const body = { model: MODEL, messages, response_format: POINT, search } as unknown;
    const completion = await openAi(key).chat.completions.parse(
      body as Parameters<ReturnType<typeof openAi>["chat"]["completions"]["parse"]>[0],
    );
    expect(JSON.parse(completion.choices[0]?.message.content ?? "")).toMatchObject({ city: "Bonn" });
  });

  test.each(["off", "balanced"])(
    "a schema that is none is a 400 at its parameter with preset %s, and nothing is spent",
    async (preset) => {
      const broken = { ...POINT, json_schema: { name: "city", schema: { type: "whole" } } };
      const { status, answer, tag } = await ask("forms", { response_format: broken, search: { preset } });
      expect([status, answer.error.code, answer.error.param]).toEqual([
        400,
        "invalid_value",
        "response_format.json_schema.schema",
      ]);
      expect(answer.error.message).toContain("'city'");
      expect(await callsOf(tag)).toEqual([]);
    },
  );

  test("a Responses request is told so in its own words", async () => {
    const { messages } = question("forms");
    const format = { type: "json_schema", name: "city", schema: { type: "whole" } };
    const response = await call(key, "POST", "/v1/responses", { model: MODEL, input: messages, text: { format } });
    const { error } = await response.json<Answer>();
    expect([response.status, error.param]).toEqual([400, "text.format.schema"]);
  });
});

describe("tools: calls that nobody could carry out are not served", () => {
  test("arguments of the wrong shape, or a required call that is not made, lose", async () => {
    const search = six({ method: "self-consistency", params: { stop: "none" } });
    const { answer } = await ask("calls", { tools: TOOLS, tool_choice: "required", search, n: 2 });
    expect(answer.search.verifier).toBe("tool-calls");
    for (const { message } of answer.choices) {
      expect(JSON.parse(message.tool_calls?.[0]?.function.arguments ?? "")).toEqual({
        city: expect.stringMatching(/^Bonn/),
      });
    }
  });

  test("with tool_choice auto an answer in words is as good as a call", async () => {
    const search = six({ method: "best_of_n", verifier: "agreement" });
    const { answer } = await ask("calls", { tools: TOOLS, search });
    expect(answer.search.verifier).toBe("tool-calls+agreement");
    expect(answer.search.candidates?.at(-1)?.content).toBe("");
    expect(answer.choices[0]?.message.content).toBe("I would call the tool.");
  });
});

describe("WIRE 4.6 temperature 0 under search", () => {
  test.each(["self-consistency", "best_of_n"])(
    "%s: the first candidate is greedy and the others explore",
    async (method) => {
      const search = six({ method, verifier: "agreement" });
      const { answer, tag } = await ask("seeded", { temperature: 0, search });
      const temperatures = (await callsOf(tag)).map(({ body }) => body.temperature);
      expect(temperatures.sort()).toEqual([0, 1, 1, 1, 1, 1].slice(0, temperatures.length));
      expect(temperatures.length).toBeGreaterThan(2);
      expect(answer.search).toMatchObject({ temperature_used: 1, note: "temperature_raised" });
    },
  );

  test("without a search it is what it says", async () => {
    const { answer, tag } = await ask("seeded", { temperature: 0 });
    expect((await callsOf(tag)).map(({ body }) => body.temperature)).toEqual([0]);
    expect(answer.search).toMatchObject({ temperature_used: 0 });
  });
});

describe("WIRE 4.6 seed: the same plan and the same seeds of the candidates", () => {
  /** The bodies of a run's calls, in an order that no arrival decides. */
  async function runs(searches: readonly object[], more: object) {
    const { messages, tag } = question("seeded");
    const contents = [];
    const bodies = [];
    for (const search of searches) {
      const before = (await callsOf(tag)).length;
      const response = await call(key, "POST", "/v1/chat/completions", { model: MODEL, messages, search, ...more });
      contents.push((await response.json<Answer>()).choices.map(({ message }) => message.content));
      bodies.push(
        (await callsOf(tag))
          .slice(before)
          .map(({ body }) => JSON.stringify(body))
          .sort(),
      );
    }
    return { contents, bodies };
  }

  const at = (width: number, method: string, params = {}) => ({
    method,
    verifier: method === "beam" ? { type: "judge", rubric: "Is it good?" } : "agreement",
    params,
    budget: { max_rollouts: 6, max_parallel: width },
  });

  test.each([
    ["best_of_n", {}],
    ["self-consistency", { stop: "none" }],
    ["self-consistency", { stop: "none", samples_per_call: 3 }],
    ["beam", { max_depth: 2 }],
  ])("%s %j asks the provider the same at any width, and answers the same", async (method, params) => {
    const searches = [at(6, method, params), at(6, method, params), at(1, method, params)];
    const { contents, bodies } = await runs(searches, { seed: 11, n: 2 });
    expect(bodies[0]?.length).toBeGreaterThan(1);
    expect([bodies[1], bodies[2]]).toEqual([bodies[0], bodies[0]]);
    expect([contents[1], contents[2]]).toEqual([contents[0], contents[0]]);
    const other = await runs([at(6, method, params)], { seed: 12, n: 2 });
    expect(seedsIn(other.bodies)).not.toEqual(seedsIn(bodies.slice(0, 1)));
  });

  test("a tree search, one step at a time, too", async () => {
    const search = { ...at(1, "mcts"), verifier: ["agreement"] };
    const { contents, bodies } = await runs([search, search], { seed: 11 });
    expect(bodies[0]?.length).toBeGreaterThan(3);
    expect([bodies[1], contents[1]]).toEqual([bodies[0], contents[0]]);
  });
});

function isOfJudge(text: string): boolean {
  return text.includes("<rubric>");
}

function seedsIn(bodies: readonly (readonly string[])[]): unknown[] {
  return bodies.flat().map((body) => (JSON.parse(body) as { seed: unknown }).seed);
}
