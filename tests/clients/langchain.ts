import { ChatOpenAI } from "@langchain/openai";
import { type Ask, type Client, collect } from "./client.ts";
import { CITY, WEATHER } from "./weather.ts";

export const langchainChat = langchainClient("@langchain/openai", false);
export const langchainResponses = langchainClient("@langchain/openai, useResponsesApi", true);

const tools = [{ type: "function", function: { name: "weather", description: "The weather", parameters: CITY } }];

function langchainClient(name: string, useResponsesApi: boolean): Client {
  const modelOf = ({ model, apiKey, baseURL, temperature }: Ask) =>
    new ChatOpenAI({
      model,
      apiKey,
      configuration: { baseURL },
      maxRetries: 0,
      useResponsesApi,
      ...(temperature !== undefined && { temperature }),
    });
  const optionsOf = ({ signal }: Ask) => (signal === undefined ? {} : { signal });
  return {
    name,
    text: async (ask) => (await modelOf(ask).invoke(ask.prompt, optionsOf(ask))).text,
    async stream(ask) {
      const chunks = await collect(await modelOf(ask).stream(ask.prompt, optionsOf(ask)));
      return chunks.map(({ text }) => text).filter((text) => text !== "");
    },
    toolCall: async (ask) => (await modelOf(ask).bindTools(tools).invoke(ask.prompt)).tool_calls?.[0]?.args,
    async streamedToolCall(ask) {
      const [first, ...rest] = await collect(await modelOf(ask).bindTools(tools).stream(ask.prompt));
      return rest.reduce((sum, chunk) => sum?.concat(chunk), first)?.tool_calls?.[0]?.args;
    },
    object: async (ask) =>
      await modelOf(ask).withStructuredOutput(WEATHER, { method: "jsonSchema" }).invoke(ask.prompt),
    failureOf(error) {
      const { status, message, param } = error as { status?: number; message: string; param?: unknown };
      return { status, message, param };
    },
  };
}
