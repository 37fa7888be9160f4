import { z } from "zod";
import type { Message } from "../../core/problem.ts";

/**
 * `functions` and `function_call`, which `tools` took the place of in 2023. Providers are asked with tools only, and a
 * client that speaks the old words is answered in them.
 */
export const legacyFields = {
  functions: z.array(z.looseObject({ name: z.string() })).nullish(),
  function_call: z.union([z.enum(["none", "auto"]), z.looseObject({ name: z.string() })]).nullish(),
};

/** Of an assistant's message. */
export const legacyCall = z.looseObject({ name: z.string(), arguments: z.string().nullish() }).nullish();

type LegacyFields = z.infer<z.ZodObject<typeof legacyFields>>;

/** `tools` and `tool_choice` that mean the same; null where the request brings no functions. */
export function functionsToTools({ functions, function_call }: LegacyFields): Record<string, unknown> | null {
  if (functions === null || functions === undefined || functions.length === 0) return null;
  return {
    tools: functions.map((one) => ({ type: "function", function: one })),
    ...(function_call != null && {
      tool_choice:
        typeof function_call === "string"
          ? function_call
          : { type: "function", function: { name: function_call.name } },
    }),
  };
}

/** A message that may still say `function_call`. */
export type LegacyMessage = Message & { readonly function_call?: z.infer<typeof legacyCall> };

/** Each call gets an id, and what a function returned refers to the call before it: the old words know no ids. */
export function withToolIds(messages: readonly LegacyMessage[]): Message[] {
  let callId: string | null = null;
  return messages.map(({ function_call, ...message }, index) => {
    if (function_call != null) {
      callId = `call_${index}`;
      const { name, arguments: args } = function_call;
      return {
        ...message,
        tool_calls: [{ id: callId, type: "function", function: { name, arguments: args ?? "{}" } }],
      };
    }
    if (message.role !== "function" || callId === null) return message;
    return { role: "tool", content: message.content, tool_call_id: callId };
  });
}

/** The one call that the old words have a place for. */
export function firstCallOf(calls: readonly Record<string, unknown>[]): unknown {
  return calls[0]?.function ?? null;
}
