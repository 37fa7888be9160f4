import { parseArgs } from "node:util";
import type { Clock } from "../src/core/clock.ts";
import { userProvider } from "./local/providers.ts";
import { type Probe, probe } from "./probe/probe.ts";

const HELP = `npm run probe -- --provider URL --model ID

  Asks a model behind an OpenAI-compatible base URL some twenty short questions, says what it can do, and prints the entry
  for PROVIDERS. Real calls, which the provider bills; its key in ESPALIER_PROVIDER_KEY.

  --provider URL   up to and including the version segment, e.g. http://127.0.0.1:11434/v1
  --model ID       as the provider calls it; without it the models are listed
`;

const clock: Clock = {
  now: () => Date.now(),
  schedule: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

const { values } = parseArgs({
  options: { provider: { type: "string" }, model: { type: "string" }, help: { type: "boolean", default: false } },
});

await run().catch((error: unknown) => {
  console.error(`probe: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
});

async function run(): Promise<void> {
  const { provider: url, model: id, help } = values;
  if (help || url === undefined) {
    console.log(HELP);
    return;
  }
  const provider = await userProvider(url, process.env.ESPALIER_PROVIDER_KEY ?? null);
  const model = provider.models.find(({ upstream }) => upstream === id);
  if (model === undefined) {
    const known = provider.models.map(({ upstream }) => upstream).join("\n  ");
    throw new Error(`--model is one of\n  ${known}`);
  }
  const found = await probe(provider, model, clock);
  print(found);
  const { name, baseUrl } = provider;
  const { logprobs = false, ...capabilities } = found.capabilities;
  const entry = {
    name,
    baseUrl,
    ...(provider.apiKey !== null && { apiKey: "<ESPALIER_PROVIDER_KEY>" }),
    models: [{ id: model.id, upstream: model.upstream, capabilities: { logprobs, ...capabilities } }],
  };
  console.log(
    `\nFor PROVIDERS (prices are not told by the wire; "instructions" and "stepSeparator" are yours to judge):\n`,
  );
  console.log(JSON.stringify([entry], null, 2));
}

function print({ findings, calls }: Probe): void {
  for (const { name, value, evidence } of findings) console.log(`${name.padEnd(20)}${value.padEnd(22)}${evidence}`);
  console.log(`\n${calls} calls`);
}
