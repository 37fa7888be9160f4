import { expect, test } from "vitest";
import { withCutPoints } from "./cut-points.ts";

const BUNDLE = `// node_modules/hono/index.js
var other = async () => await fetch("a");
// src/api/ask.ts
var ask = async (one) => {
  const [a, b] = [await one(), await (one(), one())];
  return await one(await a?.toFixed(b));
};
// durable-objects/store.ts
var store = (sql) => { sql.exec("INSERT").one(); sql?.exec("SELECT"); };
`;
const isOurs = (file: string): boolean => /^(src|durable-objects)\//.test(file);
const { script, points } = withCutPoints(BUNDLE, isOurs);
const cut = script.slice(script.indexOf("// node_modules"));

test("every await of our own sources is cut before and after, and every write of an object", () => {
  expect(points.map(({ type, where }) => `${type} ${where}`)).toEqual([
    "ask src/api/ask.ts: await one()",
    "answer src/api/ask.ts: await one()",
    "ask src/api/ask.ts: await (one(), one())",
    "answer src/api/ask.ts: await (one(), one())",
    "ask src/api/ask.ts: await one(await a?.toFixed(b))",
    "answer src/api/ask.ts: await one(await a?.toFixed(b))",
    "ask src/api/ask.ts: await a?.toFixed(b)",
    "answer src/api/ask.ts: await a?.toFixed(b)",
    'write durable-objects/store.ts: sql.exec("INSERT")',
  ]);
  expect(cut).toContain('var other = async () => await fetch("a");');
  expect(cut).toContain('__cut(8, sql.exec("INSERT")).one(); sql?.exec("SELECT");');
});

test("a cut bundle does what the bundle does, and comes to its points in order", async () => {
  const passed: number[] = [];
  const body = `${cut}; return ask;`;
  const create = new Function("__cut", body) as (pass: (point: number, value: unknown) => unknown) => Asked;
  const ask = create((point, value) => {
    passed.push(point);
    return value;
  });
  let calls = 0;
  expect(await ask(async () => ++calls)).toBe(4);
  expect(passed).toEqual([0, 1, 2, 3, 6, 7, 4, 5]);
});

type Asked = (one: () => Promise<number>) => Promise<number>;
