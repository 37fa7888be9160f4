import type { ChunkChoice } from "./chat-stream.ts";

interface CallDelta {
  readonly index: number;
  readonly id?: string;
  readonly type?: string;
  readonly function?: { readonly name?: string; readonly arguments?: string };
}

/** Id, type and name with a call's first delta and never again; arguments that are JSON when joined (WIRE 1.4). */
export function toolCallFaults(choices: readonly ChunkChoice[]): string[] {
  const byIndex = new Map<number, CallDelta[]>();
  for (const call of choices.flatMap(({ delta }) => (delta.tool_calls ?? []) as readonly CallDelta[])) {
    byIndex.set(call.index, [...(byIndex.get(call.index) ?? []), call]);
  }
  const faults: string[] = [];
  const isCut = choices.some(({ finish_reason }) => finish_reason === "length");
  const hasEnded = choices.some(({ finish_reason }) => finish_reason !== null);
  for (const [index, [first, ...rest]] of byIndex) {
    if (!first?.id || first.type !== "function" || !first.function?.name) {
      faults.push(`tool call ${index} begins with ${JSON.stringify(first)}`);
    }
    if (rest.some((call) => call.id !== undefined || call.function?.name !== undefined)) {
      faults.push(`tool call ${index} says its id or name again`);
    }
    const text = [first, ...rest].map((call) => call?.function?.arguments ?? "").join("");
    if (hasEnded && !isCut && !isJson(text)) faults.push(`tool call ${index} has the arguments ${text}`);
  }
  const ids = [...byIndex.values()].map(([first]) => first?.id);
  return new Set(ids).size === ids.length ? faults : [...faults, `tool calls share an id: ${ids}`];
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
