/**
 * Serves the embedded model: `npm run model:serve -- --port 8790`.
 *
 *   --port N               0 picks a free port and prints it (default 8790)
 *   --host ADDRESS         default 127.0.0.1
 *   --gguf [id=]FILE       serve this file instead; may be given several times
 *   --threads N            threads of llama.cpp for files that our engine does not read (default 1)
 *   --latency-ms N         wait before the first token, to stand in for a large model
 *   --header-latency-ms N  wait before the response headers
 */
import { parseArgs } from "node:util";
import { loadEspalierModel } from "./server/espalier.ts";
import type { ServedModel } from "./server/served-model.ts";
import { loadUserModel } from "./server/user-model.ts";
import { createModelServer } from "./server.ts";

const { values: flags } = parseArgs({
  options: {
    port: { type: "string", default: "8790" },
    host: { type: "string", default: "127.0.0.1" },
    gguf: { type: "string", multiple: true, default: [] },
    threads: { type: "string", default: "1" },
    "latency-ms": { type: "string", default: "0" },
    "header-latency-ms": { type: "string", default: "0" },
  },
});
const files = flags.gguf.map((text) => {
  const [, id, path] = /^(?:([\w.:-]+)=)?(.+)$/.exec(text) ?? [];
  return { id, path: path ?? text };
});
const models = await loadModels().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
const server = await createModelServer({
  port: Number(flags.port),
  host: flags.host,
  models,
  latencyMs: Number(flags["latency-ms"]),
  headerLatencyMs: Number(flags["header-latency-ms"]),
});
for (const model of models) console.log(`${model.id}: ${model.description}`);
console.log(`listening on ${server.url}`);

async function loadModels(): Promise<readonly ServedModel[]> {
  if (files.length === 0) return [loadEspalierModel()];
  return Promise.all(files.map(({ id, path }) => loadUserModel(path, { id, threads: Number(flags.threads) })));
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void server.close().then(() => process.exit(0)));
}
