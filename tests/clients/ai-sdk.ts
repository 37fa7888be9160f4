import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { APICallError, generateText, jsonSchema, type LanguageModel, Output, streamText, type ToolSet } from "ai";
import { type Ask, type Client, collect } from "./client.ts";
import { CITY, WEATHER } from "./weather.ts";

export const aiSdkChat = aiSdkClient("@ai-sdk/openai, .chat", (ask) => createOpenAI(ask).chat(ask.model));

export const aiSdkResponses = aiSdkClient("@ai-sdk/openai, as it is", (ask) => createOpenAI(ask)(ask.model));

export const aiSdkCompatible = aiSdkClient("@ai-sdk/openai-compatible", ({ baseURL, apiKey, model }) =>
  createOpenAICompatible({ name: "espalier", baseURL, apiKey, supportsStructuredOutputs: true })(model),
);

function aiSdkClient(name: string, modelOf: (ask: Ask) => LanguageModel): Client {
  const settingsOf = (ask: Ask) => ({
    model: modelOf(ask),
    prompt: ask.prompt,
    maxRetries: 0,
    ...(ask.temperature !== undefined && { temperature: ask.temperature }),
    ...(ask.signal !== undefined && { abortSignal: ask.signal }),
  });
  const tools: ToolSet = { weather: { description: "The weather", inputSchema: jsonSchema(CITY) } };
  return {
    name,
    text: async (ask) => (await generateText(settingsOf(ask))).text,
    stream: async (ask) => await collect(streamText(settingsOf(ask)).textStream),
    toolCall: async (ask) => (await generateText({ ...settingsOf(ask), tools })).toolCalls[0]?.input,
    streamedToolCall: async (ask) => (await streamText({ ...settingsOf(ask), tools }).toolCalls)[0]?.input,
    object: async (ask) =>
      (await generateText({ ...settingsOf(ask), output: Output.object({ schema: WEATHER }) })).output,
    failureOf(error) {
      if (!APICallError.isInstance(error)) throw error;
      const { statusCode: status, message, data } = error;
      return { status, message, param: (data as { error?: { param?: unknown } } | undefined)?.error?.param };
    },
  };
}
