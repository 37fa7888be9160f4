import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const files = globSync("{src,durable-objects}/**/*.ts", { cwd: root }).filter((file) => !file.endsWith(".d.ts"));

/** The layer of a file: its folder, or for the files beside the folders their own name. */
function layerOf(file: string): string {
  if (file.startsWith("durable-objects/")) return "durable-objects";
  return (file.split("/")[1] ?? "").replace(/\.ts$/, "");
}

const SIBLINGS = ["methods", "policies", "verifiers", "providers", "ledger", "credentials", "exports"];
const ROOTS = [
  "choices",
  "demand",
  "estimate",
  "lists",
  "log-probabilities",
  "own-providers",
  "prompts",
  "recipe",
  "requirements",
  "scorers",
  "search-object",
  "search-request",
  "setup",
];

/** What each layer may import besides itself (DESIGN.md, section 2). */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  core: [],
  ...Object.fromEntries(SIBLINGS.map((layer) => [layer, ["core"]])),
  ...Object.fromEntries(ROOTS.map((layer) => [layer, ["core", "version", ...SIBLINGS, ...ROOTS]])),
  version: [],
  db: ["core", "ledger", ...ROOTS],
  env: ["core", "credentials", "durable-objects", "own-providers", "providers", "search-request"],
  "durable-objects": ["core", "db", "env", "version", ...SIBLINGS, ...ROOTS],
  api: ["core", "db", "env", "version", ...SIBLINGS, ...ROOTS],
  worker: ["api", "durable-objects", "env"],
};

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly isTypeOnly: boolean;
}

const edges: Edge[] = files.flatMap((from) => {
  const source = readFileSync(join(root, from), "utf8");
  const imports = source.matchAll(/^(?:import|export)\s+(type\s+)?[^;]*?from\s+"(\.[^"]+)"/gms);
  return [...imports].map(([, type, path]) => ({
    from,
    to: relative(root, normalize(join(root, dirname(from), path ?? ""))),
    isTypeOnly: type !== undefined,
  }));
});

test("there is something to check", () => {
  expect(edges.length).toBeGreaterThan(100);
});

test.each(edges)("$from may import $to", ({ from, to, isTypeOnly }) => {
  const [layer, target] = [layerOf(from), layerOf(to)];
  expect(ALLOWED).toHaveProperty(layer);
  const isApiSeeingAnObjectAsType = layer === "api" && target === "durable-objects" && isTypeOnly;
  const isAllowed = layer === target || ALLOWED[layer]?.includes(target) || isApiSeeingAnObjectAsType;
  expect(isAllowed, `${layer} must not import ${target}`).toBe(true);
  // Folders of one list (methods, verifiers, ...) do not import each other either.
  if (SIBLINGS.includes(layer) && layer === target) {
    const folderOf = (file: string) => (file.split("/").length > 3 ? file.split("/")[2] : null);
    const [mine, other] = [folderOf(from), folderOf(to)];
    if (mine !== null && other !== null) expect(other).toBe(mine);
  }
});

test.each(files.filter((file) => /^src\/(core|ledger|methods|policies)\//.test(file)))(
  "%s reads no clock and no chance",
  (file) => {
    const code = readFileSync(join(root, file), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
    expect(code).not.toMatch(/\bDate\b|Math\.random|\bcrypto\b|\bfetch\(|performance\./);
  },
);

test("no file is called utils, helpers or types", () => {
  expect(files.filter((file) => /\/(utils|helpers|types)(\/|\.ts$)/.test(file))).toEqual([]);
});
