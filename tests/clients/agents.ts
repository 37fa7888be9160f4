import { Agent, OpenAIProvider, Runner, tool } from "@openai/agents";
import { type Ask, type Client, collect } from "./client.ts";
import { CITY_SCHEMA, WEATHER } from "./weather.ts";

export const agentsResponses = agentsClient("@openai/agents, as it is", true);
export const agentsChat = agentsClient("@openai/agents, chat completions", false);

function agentsClient(name: string, useResponses: boolean): Client {
  const runnerOf = ({ baseURL, apiKey }: Ask) =>
    new Runner({ modelProvider: new OpenAIProvider({ baseURL, apiKey, useResponses }), tracingDisabled: true });
  const settingsOf = ({ model, temperature }: Ask) => ({
    name: "Weather reporter",
    model,
    ...(temperature !== undefined && { modelSettings: { temperature } }),
  });
  const optionsOf = ({ signal }: Ask) => (signal === undefined ? {} : { signal });
  const agentWithTool = (ask: Ask, calls: unknown[]) =>
    new Agent({
      ...settingsOf(ask),
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
      return (await runnerOf(ask).run(agent, ask.prompt, optionsOf(ask))).finalOutput ?? "";
    },
    async stream(ask) {
      const agent = new Agent(settingsOf(ask));
      const result = await runnerOf(ask).run(agent, ask.prompt, { stream: true, ...optionsOf(ask) });
      const pieces = await collect(result.toTextStream() as unknown as AsyncIterable<string>);
      await result.completed;
      return pieces;
    },
    async toolCall(ask) {
      const calls: unknown[] = [];
      await runnerOf(ask).run(agentWithTool(ask, calls), ask.prompt);
      return calls[0];
    },
    async streamedToolCall(ask) {
      const calls: unknown[] = [];
      const result = await runnerOf(ask).run(agentWithTool(ask, calls), ask.prompt, { stream: true });
      await result.completed;
      return calls[0];
    },
    async object(ask) {
      const agent = new Agent({ ...settingsOf(ask), outputType: WEATHER });
      return (await runnerOf(ask).run(agent, ask.prompt)).finalOutput;
    },
    failureOf(error) {
      const { status, message, param } = error as { status?: number; message: string; param?: unknown };
      return { status, message, param };
    },
  };
}
