import { validate } from "@readme/openapi-parser";
import { describe, expect, test } from "vitest";
import { parseChatRequest } from "../../src/api/chat-completions/request.ts";
import { createDocument, toTemplate } from "../../src/api/openapi/document.ts";
import { documentToPage } from "../../src/api/openapi/page.ts";
import { ROUTES } from "../../src/api/routes.ts";
import { parseSearchObject } from "../../src/search-object.ts";
import { accepts } from "./accepts.ts";

const document = createDocument(ROUTES);

test("the document is valid OpenAPI 3.1", async () => {
  const copy = structuredClone(document) as unknown as Parameters<typeof validate>[0];
  expect(await validate(copy)).toMatchObject({ valid: true });
  const broken = { ...structuredClone(document), info: { title: "Without a version" } };
  expect(await validate(broken as unknown as typeof copy)).toMatchObject({ valid: false });
});

test.each(ROUTES)("$method $path is described", ({ method, path }) => {
  expect(document.paths[toTemplate(path)]?.[method.toLowerCase()]?.summary).toMatch(/\w/);
});

test("no two operations have one id", () => {
  const ids = operations().map(({ operationId }) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
});

test("whatever needs a key says that it answers 401 without, and every operation that it may break", () => {
  for (const { operationId, security, responses } of operations()) {
    expect(Object.keys(responses), operationId).toContain("500");
    expect("401" in responses, operationId).toBe(security.length > 0);
  }
});

test("an error's example is what is answered", () => {
  const { responses } = document.paths["/chat/completions"]?.post ?? {};
  expect(Object.keys(responses ?? {})).toEqual(["200", "400", "401", "403", "404", "413", "415", "429", "500", "502"]);
  expect(responses?.["404"]?.content).toMatchObject({
    "application/json": { examples: { "model-not-found": { value: { error: { code: "model_not_found" } } } } },
  });
});

describe("the schemas and the validation agree", () => {
  const messages = [{ role: "user", content: "Hello" }];
  test.each([
    { model: "m", messages, temperature: null, stop: [] },
    { model: "m", messages, temperature: 3 },
    { model: "m", messages: [] },
    { model: "m", messages: [{ role: "wizard", content: "" }] },
    { model: "m", messages, n: 1.5 },
    { model: "m", messages, of_no_name: 1 },
  ])("on %o", (body) => {
    expect(accepts(document, "ChatCompletionRequest", body)).toBe(parseChatRequest(body).ok);
  });

  test.each([
    {},
    { budget: { max_rollouts: 4 } },
    { budget: { max_rolouts: 4 } },
    { budget: { max_rollouts: 0 } },
    { answer: "boxed" },
    { answer: { from: "json", field: "x" } },
    { answer: { from: "nowhere" } },
    { early_stop: { score: 2 } },
  ])("on search %o", (search) => {
    expect(accepts(document, "SearchObject", search)).toBe(parseSearchObject(search).ok);
  });

  test("that a response's input may be a text or a list", () => {
    const isAccepted = (input: unknown) => accepts(document, "ResponseRequest", { model: "m", input });
    const item = { type: "message", role: "user", content: "Hello" };
    expect([isAccepted("Hello"), isAccepted([item]), isAccepted(7)]).toEqual([true, true, false]);
  });
});

describe("the page", () => {
  const page = documentToPage(document);

  test("has a heading for every operation", () => {
    for (const { operationId } of operations()) expect(page).toContain(`<h3 id="${operationId}">`);
  });

  test("runs no script and loads nothing", () => {
    expect(page).not.toMatch(/<script|<link|<img|src=|@import|https?:\/\//i);
  });

  test("leads nowhere that it has not", () => {
    const targets = [...page.matchAll(/href="#(\w+)"/g)].map(([, id]) => id);
    expect(targets.length).toBeGreaterThan(20);
    for (const id of targets) expect(page).toContain(`id="${id}"`);
  });
});

function operations() {
  return Object.values(document.paths).flatMap((methods) => Object.values(methods));
}
