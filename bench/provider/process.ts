import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { ModelConfig, ProviderConfig } from "../../src/providers/config.ts";
import type { LedgerSnapshot } from "./ledger.ts";
import type { SettingsInput } from "./settings.ts";

/** The scripted provider in a process of its own: it shares no event loop with who measures. */
export interface ProviderProcess {
  readonly url: string;
  ledger(): Promise<LedgerSnapshot>;
  resetLedger(): Promise<void>;
  configure(settings: SettingsInput): Promise<void>;
  close(): Promise<void>;
}

export async function startProvider(settings: SettingsInput = {}): Promise<ProviderProcess> {
  const main = join(import.meta.dirname, "main.ts");
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", main, "--settings", JSON.stringify(settings)],
    // It ends when its standard input does, hence with us, however we end.
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  const ended = new Promise<void>((resolve) => child.on("exit", () => resolve()));
  const url = await firstLine(child.stdout);
  const ask = async (method: string, path: string, body?: unknown): Promise<Response> => {
    const response = await fetch(url + path, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
    if (!response.ok) throw new Error(`the scripted provider: ${await response.text()}`);
    return response;
  };
  return {
    url,
    ledger: async () => (await ask("GET", "/ledger")).json() as Promise<LedgerSnapshot>,
    resetLedger: async () => void (await (await ask("DELETE", "/ledger")).arrayBuffer()),
    configure: async (next) => void (await (await ask("PUT", "/settings", next)).arrayBuffer()),
    close: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

async function firstLine(output: Readable): Promise<string> {
  for await (const line of createInterface({ input: output })) return line;
  throw new Error("the scripted provider ended before it listened");
}

/** How the service is told of a scripted provider: it knows all there is to know, except where said otherwise. */
export function scriptedProvider(
  url: string,
  change: Partial<Omit<ProviderConfig, "models">> = {},
  capabilities: Partial<ModelConfig["capabilities"]> = {},
): ProviderConfig {
  return {
    name: "scripted",
    baseUrl: `${url}/v1`,
    apiKey: "sk-bench",
    headerTimeoutMs: 60_000,
    idleTimeoutMs: 60_000,
    ...change,
    models: [
      {
        id: "espalier/scripted",
        upstream: "scripted",
        description: null,
        capabilities: {
          n: "ignored",
          continuation: true,
          logprobs: true,
          instructions: true,
          stepSeparator: "\n",
          stepTokens: null,
          ...capabilities,
        },
        price: { promptMicrodollarsPerMillion: 0, completionMicrodollarsPerMillion: 0 },
        prompts: {},
      },
    ],
  };
}
