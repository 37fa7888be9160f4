import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { createOpenRouter } from "@openrouter/ai-sdk-provider";
import { APICallError, generateText, jsonSchema, type LanguageModel, Output, streamText, type ToolSet } from "ai";
import { type Ask, type Client, collect } from "./client.ts";
import { CITY, WEATHER } from "./weather.ts";

export const aiSdkChat = aiSdkClient("@ai-sdk/openai, .chat", (ask) => createOpenAI(ask).chat(ask.model));

export const aiSdkResponses = aiSdkClient("@ai-sdk/openai, as it is", (ask) => createOpenAI(ask)(ask.model));

export const aiSdkCompatible = aiSdkClient("@ai-sdk/openai-compatible", ({ baseURL, apiKey, model }) =>
  createOpenAICompatible({ name: "espalier", baseURL, apiKey, supportsStructuredOutputs: true })(model),
);

/** OpenRouter's provider does not show the error's `param`. */
export const openRouter = aiSdkClient("@openrouter/ai-sdk-provider", ({ baseURL, apiKey, model }) =>
  createOpenRouter({ baseURL, apiKey })(model),
);

function contentOf({ prompt, image }: Ask) {
  const text = { type: "text" as const, text: prompt };
  return image === undefined ? prompt : [text, { type: "image" as const, image }];
}

function aiSdkClient(name: string, modelOf: (ask: Ask) => LanguageModel): Client {
  const settingsOf = (ask: Ask) => ({
    model: modelOf(ask),
    messages: [{ role: "user" as const, content: contentOf(ask) }],
    ...(ask.headers !== undefined && { headers: ask.headers }),
    ...(ask.isPatient !== true && { maxRetries: 0 }),
    ...(ask.temperature !== undefined && { temperature: ask.temperature }),
    ...(ask.signal !== undefined && { abortSignal: ask.signal }),
  });
  const tools: ToolSet = { weather: { description: "The weather", inputSchema: jsonSchema(CITY) } };
  return {
    name,
    text: async (ask) => (await generateText(settingsOf(ask))).text,
    stream: async (ask) => await collect(streamText(settingsOf(ask)).textStream),
    async toolCalls(ask) {
      const { toolCalls } = await generateText({ ...settingsOf(ask), tools, toolChoice: "required" });
      return toolCalls.map(({ input }) => input);
    },
    async streamedToolCalls(ask) {
      const toolCalls = await streamText({ ...settingsOf(ask), tools, toolChoice: "required" }).toolCalls;
      return toolCalls.map(({ input }) => input);
    },
    object: async (ask) =>
      (await generateText({ ...settingsOf(ask), output: Output.object({ schema: WEATHER }) })).output,
    failureOf(error) {
      if (!APICallError.isInstance(error)) throw error;
      const { statusCode: status, message, data } = error;
      const said = (data as { error?: { param?: unknown; code?: unknown } } | undefined)?.error;
      return { status, message, param: said?.param, code: said?.code };
    },
  };
}
