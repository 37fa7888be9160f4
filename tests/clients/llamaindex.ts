import { OpenAI } from "@llamaindex/openai";
import { zodResponseFormat } from "openai/helpers/zod";
import { type Ask, type Client, collect, failureIn } from "./client.ts";
import { CITY, WEATHER } from "./weather.ts";

const TOOL = {
  metadata: { name: "weather", description: "The weather", parameters: CITY },
  call: () => "sunny",
};

/** LlamaIndex knows no structured output with models that it does not know: asked for by the request's own field. */
export const llamaindex: Client = {
  name: "@llamaindex/openai",
  async text(ask) {
    const { message } = await modelOf(ask).chat({ messages: messagesOf(ask) });
    return String(message.content);
  },
  async stream(ask) {
    const chunks = await collect(await modelOf(ask).chat({ messages: messagesOf(ask), stream: true }));
    return chunks.map(({ delta }) => delta).filter((delta) => delta !== "");
  },
  async toolCalls(ask) {
    const { message } = await withTools(ask).chat({ messages: messagesOf(ask), tools: [TOOL] });
    return argumentsIn(message.options);
  },
  async streamedToolCalls(ask) {
    const stream = await withTools(ask).chat({ messages: messagesOf(ask), tools: [TOOL], stream: true });
    const chunks = await collect(stream);
    // Each chunk tells of one call, as far as it has come.
    return argumentsIn(...chunks.map(({ options }) => options));
  },
  async object(ask) {
    const response_format = zodResponseFormat(WEATHER, "weather");
    const { message } = await modelOf(ask, { response_format }).chat({ messages: messagesOf(ask) });
    return JSON.parse(String(message.content));
  },
  failureOf: failureIn,
};

type Additional = ConstructorParameters<typeof OpenAI>[0] extends infer Init | undefined
  ? NonNullable<Init extends { additionalChatOptions?: infer Options } ? Options : never>
  : never;

function modelOf(ask: Ask, additionalChatOptions: Additional = {}): OpenAI {
  const { model, apiKey, baseURL, temperature, headers, signal, isPatient } = ask;
  return new OpenAI({
    model,
    apiKey,
    baseURL,
    additionalChatOptions,
    ...(temperature !== undefined && { temperature }),
    ...(isPatient !== true && { maxRetries: 0 }),
    additionalSessionOptions: {
      ...(headers && { defaultHeaders: headers }),
      // It has no option for this, and the types of the SDK below it leave the signal to that SDK.
      ...(signal && { fetchOptions: { signal } as object }),
    },
  });
}

function withTools(ask: Ask): OpenAI {
  return modelOf(ask, { tool_choice: "required" } as Additional);
}

function messagesOf({ prompt, image }: Ask) {
  if (image === undefined) return [{ role: "user" as const, content: prompt }];
  const content = [
    { type: "text" as const, text: prompt },
    { type: "image_url" as const, image_url: { url: image } },
  ];
  return [{ role: "user" as const, content }];
}

interface Call {
  readonly id: string;
  readonly input: unknown;
}

function argumentsIn(...told: readonly (object | undefined)[]): unknown[] {
  const inputs = new Map<string, unknown>();
  for (const options of told) {
    for (const { id, input } of (options as { toolCall?: readonly Call[] } | undefined)?.toolCall ?? []) {
      inputs.set(id, input);
    }
  }
  return [...inputs.values()].map((input) => (typeof input === "string" ? JSON.parse(input) : input));
}
