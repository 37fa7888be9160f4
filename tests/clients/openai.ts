import OpenAI, { APIError } from "openai";
import { zodResponseFormat, zodTextFormat } from "openai/helpers/zod";
import type { Ask, Client, Failure } from "./client.ts";
import { CITY, WEATHER } from "./weather.ts";

const clientOf = ({ baseURL, apiKey, headers, isPatient }: Ask) =>
  new OpenAI({
    baseURL,
    apiKey,
    ...(headers && { defaultHeaders: headers }),
    ...(isPatient !== true && { maxRetries: 0 }),
  });
const optionsOf = ({ signal }: Ask) => (signal === undefined ? {} : { signal });
const temperatureOf = ({ temperature }: Ask) => (temperature === undefined ? {} : { temperature });

const weather = { name: "weather", description: "The weather", parameters: CITY, strict: true };

function failureOf(error: unknown): Failure {
  if (!(error instanceof APIError)) throw error;
  return { status: error.status, message: error.message, param: error.param, code: error.code };
}

export const openaiChat: Client = {
  name: "openai, chat.completions",
  failureOf,
  async text(ask) {
    const completion = await clientOf(ask).chat.completions.create(chatBody(ask), optionsOf(ask));
    return completion.choices[0]?.message.content ?? "";
  },
  async stream(ask) {
    const pieces: string[] = [];
    const stream = clientOf(ask).chat.completions.stream(chatBody(ask), optionsOf(ask));
    stream.on("content", (delta) => pieces.push(delta));
    await stream.finalChatCompletion();
    return pieces;
  },
  async toolCalls(ask) {
    const tools = [{ type: "function" as const, function: weather }];
    const completion = await clientOf(ask).chat.completions.create({
      ...chatBody(ask),
      tools,
      tool_choice: "required",
    });
    const calls = completion.choices[0]?.message.tool_calls ?? [];
    return calls.map((call) => (call.type === "function" ? JSON.parse(call.function.arguments) : null));
  },
  async streamedToolCalls(ask) {
    const tools = [{ type: "function" as const, function: weather }];
    const completion = await clientOf(ask)
      .chat.completions.stream({ ...chatBody(ask), tools, tool_choice: "required" })
      .finalChatCompletion();
    const calls = completion.choices[0]?.message.tool_calls ?? [];
    return calls.map((call) => (call.type === "function" ? call.function.parsed_arguments : null));
  },
  async object(ask) {
    const response_format = zodResponseFormat(WEATHER, "weather");
    const completion = await clientOf(ask).chat.completions.parse({ ...chatBody(ask), response_format });
    return completion.choices[0]?.message.parsed;
  },
};

function contentOf({ prompt, image }: Ask) {
  if (image === undefined) return prompt;
  return [
    { type: "text" as const, text: prompt },
    { type: "image_url" as const, image_url: { url: image } },
  ];
}

function chatBody(ask: Ask) {
  return {
    model: ask.model,
    messages: [{ role: "user" as const, content: contentOf(ask) }],
    ...temperatureOf(ask),
  };
}

export const openaiResponses: Client = {
  name: "openai, responses",
  failureOf,
  async text(ask) {
    return (await clientOf(ask).responses.create(responseBody(ask), optionsOf(ask))).output_text;
  },
  async stream(ask) {
    const pieces: string[] = [];
    const stream = clientOf(ask).responses.stream(responseBody(ask), optionsOf(ask));
    stream.on("response.output_text.delta", ({ delta }) => pieces.push(delta));
    await stream.finalResponse();
    return pieces;
  },
  async toolCalls(ask) {
    const tools = [{ type: "function" as const, ...weather }];
    const { output } = await clientOf(ask).responses.create({ ...responseBody(ask), tools, tool_choice: "required" });
    return output.filter((item) => item.type === "function_call").map((call) => JSON.parse(call.arguments));
  },
  async streamedToolCalls(ask) {
    const tools = [{ type: "function" as const, ...weather }];
    const stream = clientOf(ask).responses.stream({ ...responseBody(ask), tools, tool_choice: "required" });
    const { output } = await stream.finalResponse();
    return output.filter((item) => item.type === "function_call").map((call) => call.parsed_arguments);
  },
  async object(ask) {
    const text = { format: zodTextFormat(WEATHER, "weather") };
    return (await clientOf(ask).responses.parse({ ...responseBody(ask), text })).output_parsed;
  },
};

function inputOf({ prompt, image }: Ask) {
  if (image === undefined) return prompt;
  const content = [
    { type: "input_text" as const, text: prompt },
    { type: "input_image" as const, image_url: image, detail: "auto" as const },
  ];
  return [{ role: "user" as const, content }];
}

function responseBody(ask: Ask) {
  return { model: ask.model, input: inputOf(ask), ...temperatureOf(ask) };
}
