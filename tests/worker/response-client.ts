import type OpenAI from "openai";
import { expect } from "vitest";
import { question } from "./client.ts";

/** A question for one scenario, as the Responses API takes it. */
export function ask(scenario: string, text?: string) {
  const { tag, messages } = question(scenario, text);
  return { tag, input: messages[0]?.content ?? "" };
}

export type WireResponse = OpenAI.Responses.Response & {
  readonly search?: { readonly id: string; readonly method: string };
};

/** What the schemas of Open Responses want in every response, and those among them that must not be null. */
const NULLABLE =
  "completed_at error incomplete_details instructions previous_response_id usage max_output_tokens max_tool_calls safety_identifier prompt_cache_key".split(
    " ",
  );
const NOT_NULL =
  "id object created_at status model output tools tool_choice truncation parallel_tool_calls text top_p temperature presence_penalty frequency_penalty top_logprobs reasoning store background service_tier metadata".split(
    " ",
  );

export function expectComplete(response: object): void {
  for (const name of NULLABLE) expect(response, name).toHaveProperty(name);
  for (const name of NOT_NULL) expect(Reflect.get(response, name) ?? null, name).not.toBeNull();
}

export async function errorOf(response: Response) {
  const { error } = await response.json<{ error: Record<string, unknown> }>();
  expect(Object.keys(error).sort()).toEqual(["code", "message", "param", "type"]);
  return error;
}

export interface Event {
  readonly type: string;
  readonly sequence_number: number;
  readonly response?: WireResponse;
  readonly delta?: string;
  readonly item?: { readonly id: string; readonly status: string };
  readonly item_id?: string;
}

export async function eventsOf(response: Response): Promise<Event[]> {
  expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  const frames = (await response.text()).split("\n\n").filter((frame) => frame !== "");
  return frames.map((frame) => {
    const [name, data] = frame.split("\n");
    expect(name).toMatch(/^event: /);
    const event = JSON.parse(data?.slice("data: ".length) ?? "") as Event;
    expect(`event: ${event.type}`).toBe(name);
    return event;
  });
}
