import { expect, test } from "vitest";
import { parseProviders } from "../../src/providers/config.ts";
import { configuredId, listedIdOf, listedModels } from "../../src/providers/listed-id.ts";

const MISREAD =
  /^o\d|^gpt-5|codex|-pro|tts|search|embed|rerank|reward|guard|audio|image|speech|instruct|realtime|deep-research|computer-use|flux|ocr|parse/i;

test.each([
  ["espalier/24", "espalier/24"],
  ["espalier/Qwen2.5-7B-Instruct", "espalier/Qwen2.5-7B-it"],
  ["gemini-2.5-pro", "gemini-2.5_pro"],
  ["o3-mini", "espalier/o3-mini"],
  ["gpt-5.2-codex", "espalier/gpt-5.2-co.dex"],
  ["espalier/image-flux-SEARCH", "espalier/im.age-fl.ux-SE.ARCH"],
  ["tts-embed-rerank-reward-guard", "tt.s-em.bed-re.rank-re.ward-gu.ard"],
])("%s is listed as %s", (id, listed) => {
  expect(listedIdOf(id)).toBe(listed);
  expect(listedIdOf(id)).not.toMatch(MISREAD);
});

function configured(...ids: readonly string[]) {
  const parsed = parseProviders(
    JSON.stringify([{ name: "p", baseUrl: "http://p/v1", models: ids.map((id) => ({ id })) }]),
  );
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

test("a model is found by its listed id and by its configured one", () => {
  const providers = configured("a/b-instruct");
  expect(configuredId(providers, "a/b-it")).toBe("a/b-instruct");
  expect(configuredId(providers, "a/b-instruct")).toBe("a/b-instruct");
  expect(configuredId(providers, "a/b")).toBe(null);
});

test("an id that would be listed like another model's stays as it is", () => {
  const idsOf = (...ids: readonly string[]) => listedModels(configured(...ids)).map(({ listedId }) => listedId);
  expect(idsOf("b-instruct", "b-it")).toEqual(["b-instruct", "b-it"]);
  expect(idsOf("o3-instruct", "espalier/o3-instruct")).toEqual(["espalier/o3-it", "espalier/o3-instruct"]);
});
