import { expect, test } from "vitest";
import { ROUTES } from "../../src/api/routes.ts";
import { PERMISSIONS } from "../../src/ledger/keys/permissions.ts";

const SCOPES: readonly string[] = ["public", "deployment", ...PERMISSIONS];

test.each(ROUTES)("$method $path declares a scope that there is", ({ scope }) => {
  expect(SCOPES).toContain(scope);
});

test("nothing that starts or changes anything is public", () => {
  expect(ROUTES.filter(({ method, scope }) => scope === "public" && method !== "GET")).toEqual([]);
});

test("what is public is named here: whoever adds to it decides so", () => {
  const paths = ROUTES.filter(({ scope }) => scope === "public").map(({ path }) => path);
  expect(paths).toEqual(["/openapi.json", "/docs", "/health"]);
});

test("everything below /admin is for management keys or the deployment, and nothing else is", () => {
  for (const { path, scope } of ROUTES) {
    const isManagement = scope !== "public" && !scope.startsWith("searches:");
    expect(isManagement, path).toBe(path.startsWith("/admin/"));
  }
});
