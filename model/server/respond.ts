import type { ServerResponse } from "node:http";
import type { Delta, TokenLogprob } from "./choice.ts";
import type { CompletionSink, Usage } from "./completion.ts";
import type { ChatRequest } from "./parse.ts";

/** Says which build answered; a change of weights or sampling changes it. */
export const SYSTEM_FINGERPRINT = "fp_espalier_24_1";

/** What every object of one answer begins with. */
export type AnswerHead = { readonly id: string; readonly created: number; readonly model: string };

/** A sink with its own way to end the answer. */
export type Responder = CompletionSink & { end(usage: Usage): void };

/** Collects everything and sends one chat.completion object. */
export function createJsonResponder(response: ServerResponse, head: AnswerHead, request: ChatRequest): Responder {
  const choices = Array.from({ length: request.n }, () => ({
    text: "",
    logprobs: [] as TokenLogprob[],
    reason: "stop" as "stop" | "length",
  }));
  return {
    onDelta(index, delta) {
      const choice = choices[index];
      if (choice === undefined) return;
      choice.text += delta.text;
      choice.logprobs.push(...delta.logprobs);
    },
    onFinish(index, reason) {
      const choice = choices[index];
      if (choice !== undefined) choice.reason = reason;
    },
    end(usage) {
      sendJson(response, 200, {
        id: head.id,
        object: "chat.completion",
        created: head.created,
        model: head.model,
        choices: choices.map((choice, index) => ({
          index,
          message: { role: "assistant", content: choice.text, refusal: null },
          logprobs: request.topLogprobs === undefined ? null : { content: choice.logprobs, refusal: null },
          finish_reason: choice.reason,
        })),
        usage,
        system_fingerprint: SYSTEM_FINGERPRINT,
      });
    },
  };
}

/**
 * Sends server-sent events: for each choice a role chunk, deltas and a finish chunk, then the usage chunk (no choices) if
 * asked for, then [DONE]. The headers must have been sent.
 */
export function createStreamResponder(response: ServerResponse, head: AnswerHead, request: ChatRequest): Responder {
  const send = (choices: readonly unknown[], usage: Usage | null) => {
    const chunk = {
      id: head.id,
      object: "chat.completion.chunk",
      created: head.created,
      model: head.model,
      system_fingerprint: SYSTEM_FINGERPRINT,
      choices,
      ...(request.includeUsage ? { usage } : {}),
    };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  const started = new Set<number>();
  const start = (index: number) => {
    if (started.has(index)) return;
    started.add(index);
    const delta = { role: "assistant", content: "", refusal: null };
    send([{ index, delta, logprobs: null, finish_reason: null }], null);
  };
  return {
    onDelta(index, delta: Delta) {
      start(index);
      const logprobs = request.topLogprobs === undefined ? null : { content: delta.logprobs, refusal: null };
      send([{ index, delta: { content: delta.text }, logprobs, finish_reason: null }], null);
    },
    onFinish(index, reason) {
      start(index);
      send([{ index, delta: {}, logprobs: null, finish_reason: reason }], null);
    },
    end(usage) {
      if (request.includeUsage) send([], usage);
      response.end("data: [DONE]\n\n");
    },
  };
}

export function sendStreamHeaders(response: ServerResponse): void {
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
  });
  response.flushHeaders();
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}
