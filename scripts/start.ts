import { parseArgs } from "node:util";
import { loadEspalierModel } from "../model/server/espalier.ts";
import { loadUserModel } from "../model/server/user-model.ts";
import { createModelServer } from "../model/server.ts";
import { embeddedProvider, userProvider } from "./local/providers.ts";
import { startLocalService } from "./local/service.ts";

const HELP = `npm start -- [options]

  --port N          port of the endpoint (8787)
  --provider URL    an OpenAI-compatible base URL of yours, e.g. http://127.0.0.1:11434/v1; its key in
                    ESPALIER_PROVIDER_KEY. May be given several times; the embedded model stays.
  --gguf FILE       a model file of yours, served beside the embedded one (llama.cpp needs the optional peer
                    node-llama-cpp; the message says how to install it)
  --state DIR       where searches and the key are kept (.espalier/state)
  --latency-ms N    let the embedded model wait before its first token, as a large model would (0)
`;

const values = readOptions();
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

const { model, service, providers } = await startAll().catch((error: unknown) => {
  console.error(`espalier: ${error instanceof Error ? error.message : error}`);
  process.exit(1);
});

async function startAll() {
  const userModels = await Promise.all(values.gguf.map((path) => loadUserModel(path, { id: undefined, threads: 1 })));
  const model = await createModelServer({
    models: [loadEspalierModel(), ...userModels],
    latencyMs: Number(values["latency-ms"]),
  });
  const userModelIds = userModels.map(({ id }) => id);
  const providers = [embeddedProvider(model.url, userModelIds)];
  const apiKey = process.env.ESPALIER_PROVIDER_KEY ?? null;
  for (const url of values.provider) providers.push(await userProvider(url, apiKey));
  const service = await startLocalService({
    port: Number(values.port),
    providers,
    remembersJudgements: true,
    ...(values.state !== undefined && { stateDirectory: values.state }),
  });
  return { model, service, providers };
}

const modelIds = providers.flatMap((provider) => provider.models.map(({ id }) => id));
console.log(`
Espalier listens on ${service.url}
  key     ${service.key}
  models  ${modelIds.slice(0, 8).join(", ")}${modelIds.length > 8 ? ", ..." : ""}
  model   ${model.url}/v1 (the embedded model by itself, without search; GET ${model.url}/ledger shows its calls)

Try it:

curl ${service.url}/v1/chat/completions -H "Authorization: Bearer ${service.key}" -H "Content-Type: application/json" \\
  -d '{"model": "espalier/24", "messages": [{"role": "user", "content": "Use 4 9 10 13 to make 24"}]}'

Or with the OpenAI SDK, unmodified:

  const client = new OpenAI({ baseURL: "${service.url}/v1", apiKey: "${service.key}" });
  const completion = await client.chat.completions.create({
    model: "espalier/24",
    messages: [{ role: "user", content: "Use 4 9 10 13 to make 24" }],
    search: { method: "mcts", budget: { max_rollouts: 32 } },
  });

npm run admin -- --help administers it: keys, budgets, limits, usage; as npm run admin -- usage --by day,model, say.
npm run demo shows search beside plain sampling. Ctrl-C stops; searches that run go on at the next start.
`);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, async () => {
    await service.close();
    await model.close();
    process.exit(0);
  });
}

// Started by with-install.mjs: when that is killed we go as roughly, and do not stay behind on its port.
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));

function readOptions() {
  try {
    return parseArgs({
      options: {
        port: { type: "string", default: "8787" },
        provider: { type: "string", multiple: true, default: [] },
        gguf: { type: "string", multiple: true, default: [] },
        state: { type: "string" },
        "latency-ms": { type: "string", default: "0" },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    console.error(`espalier: ${error instanceof Error ? error.message : error}\n\n${HELP}`);
    process.exit(2);
  }
}
