import { type Result, succeed } from "../../../core/result.ts";
import type { ApiError } from "../../errors.ts";
import type { KeptText } from "../../searches/start.ts";
import type { ChatRequest } from "../request.ts";
import { parseMetadata } from "./metadata.ts";

/** What is kept beside the search of a stored completion; its model and its metadata are in the list's entry. */
export interface KeptCompletion {
  readonly type: "chat-completion";
  /** Answers, >= 1. */
  readonly count: number;
  /** Calls are told as `function_call`. */
  readonly isLegacy: boolean;
}

/** Nothing without `store: true`: `metadata` then only speaks of the search, and may be anything (WIRE.md 1.2). */
export function toKeep(
  request: Pick<ChatRequest, "model" | "count" | "isLegacy" | "body">,
): Result<KeptText, ApiError> {
  const { model, count, isLegacy, body } = request;
  if (body.store !== true) return succeed({});
  const metadata = parseMetadata(body.metadata);
  if (!metadata.ok) return metadata;
  const kept: KeptCompletion = { type: "chat-completion", count, isLegacy };
  return succeed({ keptJson: JSON.stringify(kept), listing: { model, metadata: metadata.value } });
}

/** Null for what was kept by somebody else. */
export function parseKeptCompletion(json: string): KeptCompletion | null {
  const kept = JSON.parse(json) as { readonly type?: string };
  return kept.type === "chat-completion" ? (kept as KeptCompletion) : null;
}
