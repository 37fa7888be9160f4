import type { SearchSummary } from "../../../durable-objects/search-tree/protocol.ts";
import type { Message, Problem } from "../../core/problem.ts";
import { fail, type Result, succeed } from "../../core/result.ts";
import { saidOf, toolCallsOf } from "../chat-completions/said.ts";
import type { AppContext } from "../context.ts";
import type { ApiError } from "../errors.ts";
import { searchStub } from "../searches/search-stub.ts";
import type { InputItem, PlainItem } from "./input.ts";
import { outputOf } from "./items.ts";
import { itemNotFound } from "./request.ts";
import { answerOf, isCut, type ResponseHead } from "./response.ts";
import { searchIdOfItem, searchIdOfResponse } from "./response-id.ts";
import { parseKept } from "./settings.ts";

/** A response that was stored: its search's object has everything. */
export interface StoredResponse extends ResponseHead {
  readonly summary: SearchSummary;
  readonly inheritedCount: number;
}

/** Null where there is none, where it was not stored, and where it is somebody else's: the client cannot tell. */
export async function findResponse(context: AppContext, responseId: string): Promise<StoredResponse | null> {
  const searchId = searchIdOfResponse(responseId);
  return searchId === null ? null : findBySearch(context, searchId);
}

async function findBySearch(context: AppContext, searchId: string): Promise<StoredResponse | null> {
  const found = await stubOf(context, searchId).kept();
  const kept = found === null ? null : parseKept(found.keptJson);
  if (found === null || kept === null) return null;
  const { settings, inheritedCount } = kept;
  return { searchId, createdAtMs: found.summary.createdAtMs, settings, summary: found.summary, inheritedCount };
}

/** Ends the search with its best so far, if it is still running. */
export async function cancelResponse(context: AppContext, { searchId }: StoredResponse): Promise<void> {
  await stubOf(context, searchId).cancel();
}

/** With its search; one that runs is ended. */
export async function deleteResponse(context: AppContext, { searchId }: StoredResponse): Promise<void> {
  await stubOf(context, searchId).erase("end");
}

/** What this response's own request brought as input, as messages. */
export async function ownMessages(context: AppContext, response: StoredResponse): Promise<readonly Message[]> {
  const { messages } = await problemOf(context, response.searchId);
  return messages.slice(instructionCount(response) + response.inheritedCount);
}

/** Everything said up to and with a response, its instructions left out: those hold for one response only. */
export async function conversationUpTo(context: AppContext, id: string): Promise<Result<readonly Message[], ApiError>> {
  const response = await findResponse(context, id);
  if (response === null) return fail(previousResponse(`Previous response with id '${id}' not found.`));
  const answer = answerOf(response.summary);
  if (answer === null) {
    return fail(previousResponse(`Previous response with id '${id}' has no output to continue from.`));
  }
  const { messages } = await problemOf(context, response.searchId);
  const calls = answer.toolCallsJson === null ? [] : toolCallsOf(answer.toolCallsJson);
  const said: Message = {
    role: "assistant",
    content: answer.text === "" && calls.length > 0 ? null : answer.text,
    ...(calls.length > 0 && { tool_calls: calls }),
  };
  return succeed([...messages.slice(instructionCount(response)), said]);
}

function previousResponse(message: string): ApiError {
  const param = "previous_response_id";
  return { type: "invalid-parameter", code: "previous_response_not_found", message, param };
}

/** Puts what earlier responses said in the place of references to it: the AI SDK sends its history that way. */
export async function withoutReferences(
  context: AppContext,
  items: readonly InputItem[],
): Promise<Result<readonly PlainItem[], ApiError>> {
  const plain: PlainItem[] = [];
  for (const [index, item] of items.entries()) {
    if (item.type !== "item_reference") plain.push(item);
    else {
      const found = await findItem(context, item.id);
      if (found === null) return fail(itemNotFound(item.id, index));
      plain.push(found);
    }
  }
  return succeed(plain);
}

async function findItem(context: AppContext, id: string): Promise<PlainItem | null> {
  const searchId = searchIdOfItem(id);
  const response = searchId === null ? null : await findBySearch(context, searchId);
  const answer = response === null ? null : answerOf(response.summary);
  if (response === null || answer === null) return null;
  const item = outputOf(response.searchId, saidOf(answer), isCut(answer)).find((one) => one.id === id);
  if (item === undefined) return null;
  return item.type === "message" ? { ...item, role: "assistant" } : item;
}

function instructionCount({ settings }: ResponseHead): number {
  return settings.instructions === null ? 0 : 1;
}

async function problemOf(context: AppContext, searchId: string): Promise<Problem> {
  const json = await stubOf(context, searchId).problem();
  if (json === null) throw new Error(`search ${searchId} is gone`);
  return JSON.parse(new TextDecoder().decode(json)) as Problem;
}

function stubOf(context: AppContext, searchId: string) {
  return searchStub(context.env, context.get("tenant").id, searchId);
}
