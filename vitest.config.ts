import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { ADMIN_BINDINGS } from "./tests/setup/admin-key.ts";

/**
 * - `core`: plain Node; pure code and everything that needs no platform.
 * - `worker`: inside workerd, against a scripted upstream over loopback. One workerd per file: few, larger files.
 * - `service`: plain Node against the whole local service: its processes started and killed (`tests/crash`), asked by
 *   others' client libraries (`tests/clients`), held against the acceptance list of WIRE.md (`tests/acceptance`).
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "core",
          include: ["tests/**/*.test.ts"],
          exclude: ["tests/{worker,crash,service,clients,acceptance,faults}/**"],
          // Generous: a busy machine must not fail a test whose subject is not time.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        plugins: [
          cloudflareTest(async ({ inject }) => ({
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: {
              bindings: {
                TEST_MIGRATIONS: await readD1Migrations("./migrations"),
                CONTROL_URL: inject("controlUrl"),
                PROVIDERS: inject("providers"),
                ROUTING: JSON.stringify({ "espalier/sticky": { policy: "sticky", hedge: true } }),
                SCORER_URL: inject("scorerUrl"),
                ...inject("scorers"),
                ...ADMIN_BINDINGS,
              },
            },
          })),
        ],
        test: {
          name: "worker",
          include: ["tests/worker/**/*.test.ts"],
          globalSetup: ["tests/setup/upstream.ts"],
          setupFiles: ["tests/worker/migrations.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "service",
          include: ["tests/{service,crash,clients,acceptance,faults}/**/*.test.ts"],
          testTimeout: 300_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
