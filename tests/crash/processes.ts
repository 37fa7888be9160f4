import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import type { LedgerSnapshot } from "../../model/server/ledger.ts";

const ROOT = join(import.meta.dirname, "../..");

/** `npm start` as a process of its own, on a state directory that outlives it. */
export interface ServiceProcess {
  readonly url: string;
  readonly key: string;
  ledger(): Promise<LedgerSnapshot>;
  api(path: string, init?: RequestInit): Promise<Response>;
  /** SIGKILL to the main process alone: what it started must go down with it. */
  kill(): Promise<void>;
}

export async function startProcess(stateDirectory: string, args: readonly string[] = []): Promise<ServiceProcess> {
  const child = spawn(
    join(ROOT, "node_modules/.bin/node"),
    ["--disable-warning=ExperimentalWarning", "scripts/start.ts", "--port", "0", "--state", stateDirectory, ...args],
    {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, PATH: `${join(ROOT, "node_modules/.bin")}:${process.env.PATH}` },
    },
  );
  const output = await untilReady(child);
  const url = match(output, /listens on (\S+)/);
  const key = match(output, /key\s+(\S+)/);
  const model = match(output, /model\s+(\S+)\/v1/);
  return {
    url,
    key,
    ledger: async () => (await fetch(`${model}/ledger`)).json() as Promise<LedgerSnapshot>,
    api: (path, init) =>
      fetch(`${url}${path}`, {
        ...init,
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json", ...init?.headers },
      }),
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await exited;
      await untilGone(url);
    },
  };
}

function untilReady(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    child.stdout?.on("data", (chunk) => {
      output += String(chunk);
      if (output.includes("npm run demo")) resolve(output);
    });
    child.once("exit", (code) => reject(new Error(`npm start ended with ${code}: ${output}`)));
  });
}

/** The killed process's port must be free again: nothing of it lives on. */
async function untilGone(url: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      await fetch(`${url}/health`);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${url} still answers after its process was killed`);
}

function match(text: string, pattern: RegExp): string {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`${pattern} not found in: ${text}`);
  return found;
}
