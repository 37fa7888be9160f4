import { z } from "zod";
import type { Message } from "../../core/problem.ts";
import { fail, type Result, succeed } from "../../core/result.ts";
import { issueToError } from "../chat-completions/issue.ts";
import type { ApiError } from "../errors.ts";
import { type InputItem, inputSchema, itemsToMessages, type PlainItem } from "./input.ts";
import type { ResponseSettings } from "./settings.ts";
import {
  parseToolChoice,
  parseTools,
  type ToolChoice,
  toChatTool,
  toolChoiceSchema,
  toolsSchema,
  toWireTool,
} from "./tools.ts";

/** A request to the Responses API as we understand it. */
export interface ResponseRequest {
  readonly items: readonly InputItem[];
  readonly previousResponseId: string | null;
  readonly isStream: boolean;
  readonly isBackground: boolean;
  readonly isStored: boolean;
  /** What every state of the response repeats. */
  readonly settings: ResponseSettings;
  /** Types of the tools that the model does without. */
  readonly droppedTools: readonly string[];
  /** The same wishes as a body for chat completions, still without its messages. */
  readonly chatBody: Readonly<Record<string, unknown>>;
}

/** What it does not know is left out: providers refuse a schema with anything beside it. */
const format = z.discriminatedUnion("type", [
  z.object({ type: z.enum(["text", "json_object"]) }),
  z.object({
    type: z.literal("json_schema"),
    name: z.string().min(1).max(64),
    schema: z.looseObject({}),
    description: z.string().nullish(),
    strict: z.boolean().nullish(),
  }),
]);
const number = z.number();

/** Lenient like chat's: null for every optional parameter, and what is not known passes on to the chat body. */
export const responseRequestSchema = z.looseObject({
  model: z.string().min(1),
  input: inputSchema.nullish(),
  instructions: z.string().nullish(),
  previous_response_id: z.string().nullish(),
  stream: z.boolean().nullish(),
  background: z.boolean().nullish(),
  store: z.boolean().nullish(),
  max_output_tokens: z.int().min(1).nullish(),
  max_tool_calls: z.int().min(1).nullish(),
  temperature: number.min(0).max(2).nullish(),
  top_p: number.min(0).max(1).nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  presence_penalty: number.nullish(),
  frequency_penalty: number.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  tools: toolsSchema.nullish(),
  tool_choice: toolChoiceSchema.nullish(),
  text: z.looseObject({ format: format.nullish(), verbosity: z.enum(["low", "medium", "high"]).nullish() }).nullish(),
  reasoning: z.looseObject({ effort: z.string().nullish(), summary: z.string().nullish() }).nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
  include: z.array(z.string()).nullish(),
  truncation: z.enum(["auto", "disabled"]).nullish(),
  prompt_cache_key: z.string().nullish(),
  safety_identifier: z.string().nullish(),
  user: z.string().nullish(),
});

type Body = z.infer<typeof responseRequestSchema>;

export function parseResponseRequest(input: Record<string, unknown>): Result<ResponseRequest, ApiError> {
  const parsed = responseRequestSchema.safeParse(input);
  if (!parsed.success) return fail(issueToError(parsed.error.issues[0], input));
  const body = parsed.data;
  const refused = refusal(body);
  if (refused !== null) return fail(refused);
  const tools = parseTools(body.tools ?? [], body.tool_choice ?? "auto");
  if (!tools.ok) return tools;
  const { functions, dropped } = tools.value;
  const toolChoice = parseToolChoice(body.tool_choice ?? "auto");
  if (!toolChoice.ok) return toolChoice;
  return succeed({
    items: body.input ?? [],
    previousResponseId: body.previous_response_id ?? null,
    isStream: body.stream ?? false,
    isBackground: body.background ?? false,
    isStored: body.store ?? true,
    droppedTools: dropped,
    settings: settingsOf(body, functions.map(toWireTool), toolChoice.value),
    chatBody: {
      ...withoutOwnParameters(body),
      max_completion_tokens: body.max_output_tokens,
      tools: functions.map(toChatTool),
      tool_choice: body.tool_choice == null ? undefined : toolChoice.value.chat,
      response_format: toResponseFormat(body.text?.format),
      verbosity: body.text?.verbosity,
      reasoning_effort: body.reasoning?.effort,
      ...(wantsLogprobs(body) && { logprobs: true, top_logprobs: body.top_logprobs ?? 0 }),
    },
  });
}

/** Alternatives to the tokens are asked for together with the tokens. */
function wantsLogprobs({ include, top_logprobs }: Body): boolean {
  return include?.includes("message.output_text.logprobs") === true || (top_logprobs ?? 0) > 0;
}

/** The whole chat body: the instructions first, then what was said before, then this request's own input. */
export function toChatBody(
  { chatBody, settings }: Pick<ResponseRequest, "chatBody" | "settings">,
  earlier: readonly Message[],
  items: readonly PlainItem[],
): Record<string, unknown> {
  const { instructions } = settings;
  // "system" and not "developer": providers that are not OpenAI know only the former.
  const first: Message[] = instructions === null ? [] : [{ role: "system", content: instructions }];
  return { ...chatBody, messages: [...first, ...earlier, ...itemsToMessages(items)] };
}

/**
 * A Responses-shaped body that was sent to chat completions, as Cursor does (WIRE.md 1.2), in chat's own shape. What
 * only a stored response knows is not looked up there.
 */
export function responsesBodyToChatBody(input: Record<string, unknown>): Result<Record<string, unknown>, ApiError> {
  const parsed = parseResponseRequest(input);
  if (!parsed.ok) return parsed;
  const items: PlainItem[] = [];
  for (const [index, item] of parsed.value.items.entries()) {
    if (item.type === "item_reference") return fail(itemNotFound(item.id, index));
    items.push(item);
  }
  const body = toChatBody(parsed.value, [], items);
  return succeed({ ...body, stream_options: input.stream_options, n: input.n });
}

export function itemNotFound(id: string, index: number): ApiError {
  const message = `Item with id '${id}' not found.`;
  return { type: "invalid-parameter", code: "invalid_value", message, param: `input[${index}].id` };
}

/** What we cannot do and must not pretend to. */
function refusal(body: Body): ApiError | null {
  const say = (code: string, param: string, message: string): ApiError => ({
    type: "invalid-parameter",
    code,
    message,
    param,
  });
  const hasPrevious = body.previous_response_id != null;
  if (body.input == null && !hasPrevious) {
    return say("missing_required_parameter", "input", "Missing required parameter: 'input'.");
  }
  if (body.input?.length === 0 && !hasPrevious) {
    return say("array_below_min_length", "input", "Invalid 'input': expected at least one item.");
  }
  if (body.background === true && body.store === false) {
    return say("invalid_value", "background", "Background mode requires 'store' to be true.");
  }
  const unsupported = UNSUPPORTED.find((name) => body[name] != null);
  if (unsupported !== undefined) {
    const message = `Unsupported parameter: '${unsupported}' is not supported by this service.`;
    return say("unsupported_parameter", unsupported, message);
  }
  return null;
}

/** They name things that only OpenAI's servers hold. */
const UNSUPPORTED = ["conversation", "prompt"] as const;

/** Those that chat completions call otherwise, or do not have; all others mean the same there. */
const OWN_PARAMETERS = [
  "input",
  "instructions",
  "previous_response_id",
  "background",
  "max_output_tokens",
  "max_tool_calls",
  "text",
  "include",
  "truncation",
  "top_logprobs",
  "stream_options",
  "messages",
  "n",
] as const;

function withoutOwnParameters(body: Body): Record<string, unknown> {
  const own: readonly string[] = OWN_PARAMETERS;
  return Object.fromEntries(Object.entries(body).filter(([name]) => !own.includes(name)));
}

/** `{type, name, schema, strict}` becomes `{type, json_schema: {name, schema, strict}}`. */
function toResponseFormat(asked: z.infer<typeof format> | null | undefined): object | undefined {
  if (asked == null || asked.type === "text") return undefined;
  if (asked.type === "json_object") return { type: asked.type };
  const { type, ...schema } = asked;
  return { type, json_schema: schema };
}

/** As a response shows it: every field there. */
function toWireFormat(asked: z.infer<typeof format> | null | undefined): object {
  if (asked == null) return { type: "text" };
  if (asked.type !== "json_schema") return asked;
  return { ...asked, description: asked.description ?? null, strict: asked.strict ?? false };
}

/** Strict clients of Open Responses want every field there, and most of them not null: OpenAI's defaults. */
function settingsOf(body: Body, tools: readonly object[], toolChoice: ToolChoice): ResponseSettings {
  return {
    model: body.model,
    background: body.background ?? false,
    store: body.store ?? true,
    instructions: body.instructions ?? null,
    previous_response_id: body.previous_response_id ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    max_tool_calls: body.max_tool_calls ?? null,
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    temperature: body.temperature ?? 1,
    top_p: body.top_p ?? 1,
    top_logprobs: body.top_logprobs ?? 0,
    presence_penalty: body.presence_penalty ?? 0,
    frequency_penalty: body.frequency_penalty ?? 0,
    tools,
    tool_choice: toolChoice.wire,
    text: { format: toWireFormat(body.text?.format), verbosity: body.text?.verbosity ?? "medium" },
    reasoning: { effort: body.reasoning?.effort ?? null, summary: body.reasoning?.summary ?? null },
    truncation: body.truncation ?? "disabled",
    // Whatever was asked for: it is the tier used.
    service_tier: "default",
    metadata: body.metadata ?? {},
    prompt_cache_key: body.prompt_cache_key ?? null,
    safety_identifier: body.safety_identifier ?? null,
    user: body.user ?? null,
  };
}
