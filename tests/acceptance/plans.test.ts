import { describe, expect, test } from "vitest";
import type { Ask } from "../clients/client.ts";
import { MODEL, setStage } from "../clients/stage.ts";
import { CITY } from "../clients/weather.ts";
import { answerTo, chatBody, ENDPOINTS, type Raw, send } from "./http.ts";

// WIRE 5, what a request is taken to ask for: points 8, 9 and 10. The stage judges every frame.

const { ask, callsOf } = setStage();

/** A plan as the answer tells it: what does not depend on which search it was. */
async function planOf(asked: Ask, raw: Raw): Promise<Record<string, unknown>> {
  const { search } = await answerTo(asked, raw);
  const { id, wall_ms, trace_url, ...plan } = search;
  return plan;
}

async function listed(): Promise<string[]> {
  const { text } = await send(ask("hello"), { method: "GET", path: "/models" });
  return (JSON.parse(text) as { data: { id: string }[] }).data.map(({ id }) => id);
}

const TOOLS = [{ type: "function", function: { name: "weather", parameters: CITY } }];

/** docs/search-object.md, "Presets and efforts"; null: as if nothing were said. */
const PRESET_BY_EFFORT = {
  none: "off",
  minimal: "off",
  low: "fast",
  medium: null,
  high: "balanced",
  xhigh: "deep",
  max: "max",
};

describe("WIRE 5.8: reasoning_effort", () => {
  test.each(Object.entries(PRESET_BY_EFFORT))("%s plans as the preset %s does", async (effort, preset) => {
    const [byEffort, byPreset] = [ask("hello"), ask("hello")];
    const plan = await planOf(byEffort, { body: chatBody(byEffort, { reasoning_effort: effort }) });
    expect(plan).toEqual(
      await planOf(byPreset, { body: chatBody(byPreset, preset === null ? {} : { search: { preset } }) }),
    );
    expect(callsOf(byEffort)).toHaveLength(callsOf(byPreset).length);
  });

  test("none, low and high are one call and searches of different sizes", async () => {
    const sizes = [];
    for (const reasoning_effort of ["none", "low", "high"]) {
      const asked = ask("distinct");
      sizes.push((await planOf(asked, { body: chatBody(asked, { reasoning_effort }) })).rollouts);
    }
    expect(sizes).toEqual([1, 4, 8]);
  });

  test("goes together with tools, for every model that is listed", async () => {
    for (const model of await listed()) {
      for (const reasoning_effort of Object.keys(PRESET_BY_EFFORT)) {
        const asked = ask("tools", { model });
        const { status, text } = await send(asked, { body: chatBody(asked, { reasoning_effort, tools: TOOLS }) });
        expect([model, reasoning_effort, status, text.includes('"name":"weather"')]).toEqual([
          model,
          reasoning_effort,
          200,
          true,
        ]);
      }
    }
  });
});

describe("WIRE 5.9: the same request by every channel is the same plan", () => {
  const SEARCH = { method: "best-of-n", budget: { max_rollouts: 3 } };
  const CHANNELS: readonly (readonly [
    string,
    (asked: Ask) => { readonly strategy?: string } & Raw & { rest?: object },
  ])[] = [
    ["headers", () => ({ headers: { "X-Search-Method": "best-of-n", "X-Search-Budget": "rollouts=3" } })],
    ["a header of JSON", () => ({ headers: { "X-Search": JSON.stringify(SEARCH) } })],
    ["metadata", () => ({ rest: { metadata: { "search.method": "best-of-n", "search.max_rollouts": "3" } } })],
    ["best_of", () => ({ rest: { best_of: 3 } })],
    ["optillm's and its_hub's parameters", () => ({ rest: { optillm_approach: "bon", budget: 3 } })],
    ["the path", () => ({ strategy: "/bon-3" })],
    ["the model's suffix", () => ({ rest: { model: `${MODEL}:bon-3` } })],
  ];

  test.each(ENDPOINTS.map(({ path, bodyOf }) => [path, bodyOf] as const))("POST %s", async (path, bodyOf) => {
    const whole = ask("distinct");
    const wanted = await planOf(whole, { path, body: { ...bodyOf(whole), search: SEARCH } });
    expect(wanted).toMatchObject({ method: "best-of-n", rollouts: 3 });
    for (const [name, channel] of CHANNELS) {
      const asked = ask("distinct");
      const { strategy = "", rest = {}, headers = {} } = channel(asked);
      const plan = await planOf(asked, { path: `${strategy}${path}`, headers, body: { ...bodyOf(asked), ...rest } });
      expect([name, plan]).toEqual([name, wanted]);
      expect(callsOf(asked)).toHaveLength(callsOf(whole).length);
    }
  });
});

/** WIRE decision 10: what SDKs take for models of another kind, and what model pickers hide. */
const TAKEN_FOR_ANOTHER_KIND =
  /^o\d|^gpt-5|codex|-pro\b|tts|search|embed|rerank|reward|guard|audio|image|speech|instruct|realtime|deep-research|computer-use|flux|ocr|parse/i;

describe("WIRE 5.10: the ids in /v1/models", () => {
  test("none is taken for a model of another kind, and each can be looked up, plain and percent-encoded", async () => {
    const ids = await listed();
    expect(ids).toContain(MODEL);
    expect(ids.filter((id) => TAKEN_FOR_ANOTHER_KIND.test(id))).toEqual([]);
    for (const path of ids.flatMap((id) => [id, encodeURIComponent(id)])) {
      const { status } = await send(ask("hello"), { method: "GET", path: `/models/${path}` });
      expect([path, status]).toEqual([path, 200]);
    }
  });

  test("each answers, and by its own name", async () => {
    for (const model of await listed()) {
      const asked = ask("hello", { model });
      expect((await answerTo(asked, { body: chatBody(asked) })).model).toBe(model);
    }
  });
});
