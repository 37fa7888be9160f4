import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { D1Database } from "@cloudflare/workers-types";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { digestOf } from "../../src/api/keys/format.ts";
import type { ProviderConfig } from "../../src/providers/config.ts";
import { ROOT } from "../run.ts";
import { buildBundle } from "./bundle.ts";
import { migrate } from "./database.ts";
import {
  keepAdminKey,
  keepKey,
  keepManagementKey,
  keepMasterKeys,
  keepSigningKey,
  statementForKey,
  whatIsWrongWithMasterKeys,
} from "./key.ts";
import { tieChildrenToUs } from "./lifeline.ts";

export interface LocalServiceOptions {
  /** Where D1, the search trees and the key live; a search interrupted here goes on at the next start. */
  readonly stateDirectory?: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly providers: readonly ProviderConfig[];
  /** Judgements are remembered across searches, as deployed. Not where runs are compared: the first would pay for all. */
  readonly remembersJudgements?: boolean;
  /** Another main module than wrangler.toml's, from the repository's root; for whoever measures. */
  readonly entry?: string;
}

export interface LocalService {
  /** The origin; OpenAI's clients take `${url}/v1`. */
  readonly url: string;
  readonly key: string;
  /** Of the same tenant, for `npm run admin`. */
  readonly managementKey: string;
  /** The deployment's credential, which makes tenants. */
  readonly adminKey: string;
  close(): Promise<void>;
}

/** The Worker on Miniflare with its state on disk: the same bundle and bindings as deployed. */
export async function startLocalService(options: LocalServiceOptions): Promise<LocalService> {
  const stateDirectory = options.stateDirectory ?? join(ROOT, ".espalier", "state");
  mkdirSync(stateDirectory, { recursive: true });
  const adminKey = keepAdminKey(join(stateDirectory, "admin-key"));
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      name: "espalier",
      ...(await buildBundle(options.entry)),
      compatibilityDate: "2026-10-01",
      compatibilityFlags: ["enable_request_signal"],
      durableObjects: {
        SEARCH_TREE: { className: "SearchTree", useSQLite: true },
        TENANTS: { className: "Tenant", useSQLite: true },
        OUTLETS: { className: "Outlet", useSQLite: true },
        ...(options.remembersJudgements && { JUDGEMENTS: { className: "Judgements", useSQLite: true } }),
      },
      d1Databases: { DB: "espalier" },
      r2Buckets: { ARCHIVE: "espalier-archive" },
      bindings: {
        ENVIRONMENT: "dev",
        PROVIDERS: JSON.stringify(options.providers),
        ADMIN_KEY_DIGEST: await digestOf(adminKey.text),
        WEBHOOK_SIGNING_KEY: keepSigningKey(join(stateDirectory, "webhook-signing-key")),
        CREDENTIAL_KEYS: keepMasterKeys(join(stateDirectory, "master-keys")),
      },
      resourcePersistencePath: stateDirectory,
      host: "127.0.0.1",
      port: options.port,
      log: new Log(LogLevel.ERROR),
      telemetry: { enabled: false },
      cf: false,
    }),
  );
  const url = (await miniflare.ready).origin;
  const letGo = tieChildrenToUs();
  const database = (await miniflare.getD1Database("DB")) as unknown as D1Database;
  await migrate(database);
  const key = keepKey(join(stateDirectory, "key"));
  await database.prepare(await statementForKey(key)).run();
  const managementKey = await keepManagementKey(join(stateDirectory, "management-key"), url, adminKey.text);
  const wrong = await whatIsWrongWithMasterKeys(url, adminKey.text);
  if (wrong !== null) console.warn(`espalier: ${wrong}`);
  const stopSweeping = await sweepEveryMinute(miniflare);
  const close = async (): Promise<void> => {
    stopSweeping();
    await miniflare.dispose();
    letGo();
  };
  return { url, key: key.text, managementKey, adminKey: adminKey.text, close };
}

/** Miniflare knows of no cron triggers: wrangler.toml's is this. */
async function sweepEveryMinute(miniflare: Miniflare): Promise<() => void> {
  const worker = await miniflare.getWorker();
  const sweep = (): void => {
    worker.scheduled({ cron: "* * * * *" }).catch((error: unknown) => console.warn("sweep:", error));
  };
  const timer = setInterval(sweep, 60_000);
  timer.unref();
  return () => clearInterval(timer);
}
