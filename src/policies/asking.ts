import { declaredLeft } from "../core/declared-left.ts";
import type { CompletionRequest } from "../core/model.ts";
import type { PolicyInput } from "../core/policy.ts";
import { type Message, type Problem, questionOf } from "../core/problem.ts";
import {
  type PlaceholderValue,
  type PromptDefinition,
  placeholdersOf,
  promptOf,
  renderTemplate,
} from "../core/prompt.ts";
import { answerSoFar, type Thought } from "../core/thought.ts";

/** The request's messages with the path so far as the beginning of the answer. Adds no words of our own. */
export function continuationRequest(input: PolicyInput, extraStop: readonly string[]): CompletionRequest {
  const { problem, path, count, seed, sampling } = input;
  return {
    messages: problem.messages,
    prefix: answerSoFar(path),
    count,
    maxTokens: sampling.maxTokens,
    temperature: sampling.temperature,
    topP: sampling.topP,
    stop: [...sampling.stop, ...extraStop],
    seed,
    topLogprobs: null,
    forwarded: problem.forwarded,
  };
}

/** What every policy's template may mention. */
export const PATH_PLACEHOLDERS = ["question", "steps", "left", "note"] as const;

/**
 * A question about the path, from a prompt. A template that mentions {question} or {left} is the whole message; any other
 * is put at the end of the conversation, so that images, tools and earlier turns stay in view.
 */
export function promptedRequest(
  input: PolicyInput,
  definition: PromptDefinition,
  values: Readonly<Record<string, PlaceholderValue>> = {},
): CompletionRequest {
  const { problem, path, count, seed, sampling, prompts } = input;
  const prompt = promptOf(prompts, definition);
  const text = renderTemplate(prompt.template, { ...pathValues(problem, path), ...values });
  const isWhole = placeholdersOf(prompt.template).some((name) => name === "question" || name === "left");
  return {
    messages: isWhole ? [{ role: "user", content: text ?? "" }] : withQuestion(problem.messages, text ?? ""),
    prefix: "",
    count,
    maxTokens: Math.min(prompt.maxTokens ?? sampling.maxTokens, sampling.maxTokens),
    temperature: prompt.temperature ?? sampling.temperature,
    topP: sampling.topP,
    stop: prompt.stop,
    seed,
    topLogprobs: null,
    forwarded: withoutAnswerShape(problem.forwarded),
  };
}

function pathValues(problem: Problem, path: readonly Thought[]): Record<string, string> {
  const question = questionOf(problem);
  const steps = answerSoFar(path).trim();
  return {
    question,
    steps: steps === "" ? "(nothing yet)" : steps,
    left: declaredLeft(steps) ?? question,
    note: path.findLast((thought) => thought.form === "note")?.text.trim() ?? "",
  };
}

/** Into the last user turn where that is the last message: many chat templates refuse two user turns in a row. */
export function withQuestion(messages: readonly Message[], text: string): readonly Message[] {
  const last = messages.at(-1);
  if (last?.role !== "user") return [...messages, { role: "user", content: text }];
  const content =
    typeof last.content === "string" || last.content === null
      ? `${last.content ?? ""}\n\n${text}`
      : [...last.content, { type: "text", text }];
  return [...messages.slice(0, -1), { ...last, content }];
}

/** A list or a critique is not the answer: what shapes the answer must not shape it. */
function withoutAnswerShape(forwarded: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { tools, tool_choice, parallel_tool_calls, functions, function_call, response_format, ...rest } = forwarded;
  return rest;
}
