import { Agent, type AgentInputItem, OpenAIProvider, Runner, tool } from "@openai/agents";
import OpenAI from "openai";
import { type Ask, type Client, collect, failureIn } from "./client.ts";
import { CITY_SCHEMA, WEATHER } from "./weather.ts";

export const agentsResponses = agentsClient("@openai/agents, as it is", true);
export const agentsChat = agentsClient("@openai/agents, chat completions", false);

function inputOf({ prompt, image }: Ask): string | AgentInputItem[] {
  if (image === undefined) return prompt;
  return [
    {
      role: "user",
      content: [
        { type: "input_text", text: prompt },
        { type: "input_image", image },
      ],
    },
  ];
}

function agentsClient(name: string, useResponses: boolean): Client {
  const runnerOf = ({ baseURL, apiKey, headers, isPatient }: Ask) => {
    const openAIClient = new OpenAI({
      baseURL,
      apiKey,
      ...(headers && { defaultHeaders: headers }),
      ...(isPatient !== true && { maxRetries: 0 }),
    });
    return new Runner({ modelProvider: new OpenAIProvider({ openAIClient, useResponses }), tracingDisabled: true });
  };
  const settingsOf = ({ model, temperature }: Ask) => ({
    name: "Weather reporter",
    model,
    ...(temperature !== undefined && { modelSettings: { temperature } }),
  });
  const optionsOf = ({ signal }: Ask) => (signal === undefined ? {} : { signal });
  const agentWithTool = (ask: Ask, calls: unknown[]) =>
    new Agent({
      ...settingsOf(ask),
      modelSettings: { toolChoice: "required" },
      tools: [
        tool({
          name: "weather",
          description: "The weather",
          parameters: CITY_SCHEMA,
          execute: (input) => {
            calls.push(input);
            return "sunny";
          },
        }),
      ],
      toolUseBehavior: "stop_on_first_tool",
    });
  return {
    name,
    async text(ask) {
      const agent = new Agent(settingsOf(ask));
      return (await runnerOf(ask).run(agent, inputOf(ask), optionsOf(ask))).finalOutput ?? "";
    },
    async stream(ask) {
      const agent = new Agent(settingsOf(ask));
      const result = await runnerOf(ask).run(agent, inputOf(ask), { stream: true, ...optionsOf(ask) });
      const pieces = await collect(result.toTextStream() as unknown as AsyncIterable<string>);
      await result.completed;
      return pieces;
    },
    async toolCalls(ask) {
      const calls: unknown[] = [];
      await runnerOf(ask).run(agentWithTool(ask, calls), ask.prompt);
      return calls;
    },
    async streamedToolCalls(ask) {
      const calls: unknown[] = [];
      const result = await runnerOf(ask).run(agentWithTool(ask, calls), ask.prompt, { stream: true });
      await result.completed;
      return calls;
    },
    async object(ask) {
      const agent = new Agent({ ...settingsOf(ask), outputType: WEATHER });
      return (await runnerOf(ask).run(agent, ask.prompt)).finalOutput;
    },
    failureOf: failureIn,
  };
}
