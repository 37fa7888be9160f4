import { spawn } from "node:child_process";
import { join } from "node:path";
import { createModelServer } from "../model/server.ts";
import { keepKey, statementForKey } from "./local/key.ts";
import { embeddedProvider } from "./local/providers.ts";
import { ROOT, run } from "./run.ts";

/** `npm run dev`: `wrangler dev` with reload on every change, beside the embedded model. For work on the Worker itself. */
const STATE = ".espalier/dev";
const model = await createModelServer();
const env = { CI: "1", WRANGLER_HIDE_BANNER: "true" };
await run("wrangler", ["d1", "migrations", "apply", "espalier", "--local", "--persist-to", STATE], env);
const key = keepKey(join(ROOT, STATE, "key"));
const insert = await statementForKey(key);
await run("wrangler", ["d1", "execute", "espalier", "--local", "--persist-to", STATE, "--command", insert], env);
console.log(`key ${key.text}`);
const providers = JSON.stringify([embeddedProvider(model.url)]);
const worker = spawn(
  "wrangler",
  ["dev", "--ip", "127.0.0.1", "--port", "8787", "--persist-to", STATE, "--var", `PROVIDERS:${providers}`],
  { cwd: ROOT, stdio: ["ignore", "inherit", "inherit"], env: { ...process.env, ...env } },
);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => worker.kill(signal));
worker.on("exit", async (code) => {
  await model.close();
  process.exit(code ?? 0);
});
