import { spawn } from "node:child_process";
import { join } from "node:path";
import type { Ask, Client, Failure } from "../client.ts";
import { pythonWithSdk } from "./environment.ts";

/** What `ask.py` prints: what the SDK returned, or the exception as its user sees it. */
type Told = { readonly value: unknown } | { readonly error: Failure & { readonly class: string } };

/** OpenAI's own SDK for Python, one process a question. */
export const pythonClient: Client = {
  name: "openai for Python",
  text: async (ask) => String(await askPython("text", ask)),
  stream: async (ask) => (await askPython("stream", ask)) as string[],
  toolCalls: async (ask) => (await askPython("tool_calls", ask)) as unknown[],
  streamedToolCalls: async (ask) => (await askPython("streamed_tool_calls", ask)) as unknown[],
  object: (ask) => askPython("parse", ask),
  failureOf(error) {
    if (!(error instanceof PythonError)) throw error;
    return error.failure;
  },
};

/** An exception of the SDK; `class` is its Python name. */
export class PythonError extends Error {
  readonly failure: Failure & { readonly class: string };
  constructor(failure: Failure & { readonly class: string }) {
    super(`${failure.class}: ${failure.message}`);
    this.failure = failure;
  }
}

/** `operation` is a function of `ask.py`; `extra` is the request's `extra_body`. */
export async function askPython(operation: string, asked: Ask, extra: object = {}): Promise<unknown> {
  const { signal, ...ask } = asked;
  const python = await pythonWithSdk();
  const child = spawn(python, [join(import.meta.dirname, "ask.py")], {
    stdio: ["pipe", "pipe", "inherit"],
    ...(signal !== undefined && { signal }),
  });
  child.stdin.end(JSON.stringify({ operation, ask, extra }));
  let output = "";
  child.stdout.on("data", (piece) => {
    output += String(piece);
  });
  await new Promise<void>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve() : reject(new Error(`ask.py ended with ${code}`))));
  });
  const told: Told = JSON.parse(output);
  if ("error" in told) throw new PythonError(told.error);
  return told.value;
}
