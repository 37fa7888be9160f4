import { HumanMessage } from "@langchain/core/messages";
import { ChatOpenAI } from "@langchain/openai";
import { type Ask, type Client, collect, failureIn } from "./client.ts";
import { CITY, WEATHER } from "./weather.ts";

export const langchainChat = langchainClient("@langchain/openai", false);
export const langchainResponses = langchainClient("@langchain/openai, useResponsesApi", true);

const tools = [{ type: "function", function: { name: "weather", description: "The weather", parameters: CITY } }];

const REQUIRED = { tool_choice: "required" } as const;

function messagesOf({ prompt, image }: Ask) {
  if (image === undefined) return prompt;
  const picture = { type: "image_url" as const, image_url: { url: image } };
  return [new HumanMessage({ content: [{ type: "text", text: prompt }, picture] })];
}

function langchainClient(name: string, useResponsesApi: boolean): Client {
  const modelOf = ({ model, apiKey, baseURL, temperature, headers, isPatient }: Ask) =>
    new ChatOpenAI({
      model,
      apiKey,
      configuration: { baseURL, ...(headers && { defaultHeaders: headers }) },
      ...(isPatient !== true && { maxRetries: 0 }),
      useResponsesApi,
      ...(temperature !== undefined && { temperature }),
    });
  const optionsOf = ({ signal }: Ask) => (signal === undefined ? {} : { signal });
  return {
    name,
    text: async (ask) => (await modelOf(ask).invoke(messagesOf(ask), optionsOf(ask))).text,
    async stream(ask) {
      const chunks = await collect(await modelOf(ask).stream(messagesOf(ask), optionsOf(ask)));
      return chunks.map(({ text }) => text).filter((text) => text !== "");
    },
    async toolCalls(ask) {
      const { tool_calls } = await modelOf(ask).bindTools(tools, REQUIRED).invoke(ask.prompt);
      return (tool_calls ?? []).map(({ args }) => args);
    },
    async streamedToolCalls(ask) {
      const [first, ...rest] = await collect(await modelOf(ask).bindTools(tools, REQUIRED).stream(ask.prompt));
      const whole = rest.reduce((sum, chunk) => sum?.concat(chunk), first);
      return (whole?.tool_calls ?? []).map(({ args }) => args);
    },
    object: async (ask) =>
      await modelOf(ask).withStructuredOutput(WEATHER, { method: "jsonSchema" }).invoke(ask.prompt),
    failureOf: failureIn,
  };
}
