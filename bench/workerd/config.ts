import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { unstable_readConfig } from "wrangler";
import type { Bundle } from "../../scripts/local/bundle.ts";
import { ROOT } from "../../scripts/run.ts";

/** What workerd is started with; every path in the file is relative to its folder. */
export interface WorkerdConfig {
  readonly file: string;
  /** The Worker's text variables, to be set in workerd's environment: they may hold credentials. */
  readonly environment: Readonly<Record<string, string>>;
}

const require = createRequire(import.meta.url);
/** Miniflare's own workers, as it publishes them: workerd has no D1, and theirs is the local one of `wrangler dev`. */
const MINIFLARE = join(dirname(require.resolve("miniflare")), "workers");

/**
 * Writes `workerd.capnp` and everything it embeds into `directory`. The Worker is that bundle, its
 * bindings and dates are those of wrangler.toml: each of its objects keeps SQLite on disk below `directory/objects`, its
 * D1 is Miniflare's (a Durable Object with SQLite behind workerd's D1 client) below `directory/d1`.
 */
export function writeConfig(
  directory: string,
  variables: Readonly<Record<string, string>>,
  { modules }: Bundle,
): WorkerdConfig {
  const wrangler = unstable_readConfig({ config: join(ROOT, "wrangler.toml") });
  for (const folder of ["objects", "d1"]) mkdirSync(join(directory, folder), { recursive: true });
  // Copied: the bundle's folder is built anew whenever somebody changes a source.
  const embed = (path: string): string => {
    copyFileSync(path, join(directory, basename(path)));
    return `embed ${quote(basename(path))}`;
  };
  const [database, ...further] = wrangler.d1_databases;
  if (database === undefined || further.length > 0) throw new Error("wrangler.toml should have one D1 database");
  const environment = { ...textOf(wrangler.vars), ...variables };
  const classes: readonly { name: string; class_name: string }[] = wrangler.durable_objects.bindings;
  const text = `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "internet", network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true))),
    (name = "espalier", worker = (
      modules = [
        ${modules
          .map(({ type, path }) => {
            const kind = type === "CompiledWasm" ? "wasm" : "esModule";
            const name = type === "CompiledWasm" ? `./${basename(path)}` : basename(path);
            return `(name = ${quote(name)}, ${kind} = ${embed(path)})`;
          })
          .join(",\n        ")}
      ],
      compatibilityDate = ${quote(wrangler.compatibility_date ?? "")},
      compatibilityFlags = ${list(wrangler.compatibility_flags)},
      bindings = [
        ${[
          ...Object.keys(environment).map((name) => `(name = ${quote(name)}, fromEnvironment = ${quote(name)})`),
          ...classes.map(
            ({ name, class_name }) => `(name = ${quote(name)}, durableObjectNamespace = ${quote(class_name)})`,
          ),
          d1Binding(database.binding),
        ].join(",\n        ")}
      ],
      durableObjectNamespaces = [
        ${classes
          .map(
            ({ class_name: name }) =>
              `(className = ${quote(name)}, uniqueKey = ${quote(`espalier-${name}`)}, enableSql = true)`,
          )
          .join(",\n        ")}
      ],
      durableObjectStorage = (localDisk = "objects"),
    )),
    (name = "objects", disk = (path = ${quote(join(directory, "objects"))}, writable = true)),
    (name = "operator", worker = (
      modules = [(name = "operator.js", esModule = ${embed(join(import.meta.dirname, "operator.js"))})],
      compatibilityDate = ${quote(wrangler.compatibility_date ?? "")},
      bindings = [
        ${d1Binding("DB")},
        (name = "TENANTS", durableObjectNamespace = (className = "Tenant", serviceName = "espalier")),
      ],
    )),
    (name = "d1", worker = (
      modules = [(name = "entry.worker.js", esModule = ${embed(join(MINIFLARE, "d1", "entry.worker.js"))})],
      compatibilityDate = "2023-07-24",
      compatibilityFlags = ["nodejs_compat", "experimental", "enhanced_error_serialization"],
      bindings = [
        (name = "MINIFLARE_NAMESPACE", text = "espalier"),
        (name = "MINIFLARE_OBJECT", durableObjectNamespace = (className = "D1DatabaseObject", serviceName = "d1-database")),
      ],
    )),
    (name = "d1-database", worker = (
      modules = [(name = "database.worker.js", esModule = ${embed(join(MINIFLARE, "d1", "database.worker.js"))})],
      compatibilityDate = "2023-07-24",
      compatibilityFlags = ["nodejs_compat", "experimental"],
      durableObjectNamespaces = [(className = "D1DatabaseObject", uniqueKey = "miniflare-D1DatabaseObject", enableSql = true)],
      durableObjectStorage = (localDisk = "d1-files"),
      bindings = [(name = "MINIFLARE_BLOBS", service = "d1-files")],
    )),
    (name = "d1-files", disk = (path = ${quote(join(directory, "d1"))}, writable = true)),
  ],
  sockets = [
    (name = "http", address = "127.0.0.1:0", http = (), service = "espalier"),
    (name = "operator", address = "127.0.0.1:0", http = (), service = "operator"),
  ],
  extensions = [(modules = [
    (name = "miniflare:shared", esModule = ${embed(join(MINIFLARE, "shared", "index.worker.js"))}),
    (name = "miniflare:zod", esModule = ${embed(join(MINIFLARE, "shared", "zod.worker.js"))}),
  ])],
);
`;
  const file = join(directory, "workerd.capnp");
  writeFileSync(file, text);
  return { file, environment };
}

/** workerd's own D1 client over a service that speaks its protocol: how Miniflare binds it, too. */
function d1Binding(name: string): string {
  const inner = `(name = "fetcher", service = "d1")`;
  return `(name = ${quote(name)}, wrapped = (moduleName = "cloudflare-internal:d1-api", innerBindings = [${inner}]))`;
}

/** Names, dates and paths: nothing that Cap'n Proto would write otherwise than JSON. */
function quote(text: string): string {
  return JSON.stringify(text);
}

function list(texts: readonly string[]): string {
  return `[${texts.map(quote).join(", ")}]`;
}

function textOf(variables: Readonly<Record<string, unknown>>): Record<string, string> {
  const entries = Object.entries(variables);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}
