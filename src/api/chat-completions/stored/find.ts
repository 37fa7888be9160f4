import type { KeptSearch, ListingEntry, SearchSummary } from "../../../../durable-objects/search-tree/protocol.ts";
import type { Message, Problem } from "../../../core/problem.ts";
import type { AppContext } from "../../context.ts";
import { searchIdOfCompletion } from "../../searches/search-id.ts";
import { searchStub } from "../../searches/search-stub.ts";
import { completionOf, headOf } from "../completion.ts";
import { failureOf } from "../outcome.ts";
import { type KeptCompletion, parseKeptCompletion } from "./kept.ts";
import type { Metadata } from "./metadata.ts";

/** A completion that was stored: its search's object has everything. */
export interface StoredCompletion {
  readonly searchId: string;
  readonly summary: SearchSummary;
  readonly kept: KeptCompletion;
  readonly listing: ListingEntry;
}

/** Null where there is none, none yet, it was not stored, or it is somebody else's: the client cannot tell. */
export async function findStored(context: AppContext, completionId: string): Promise<StoredCompletion | null> {
  const searchId = searchIdOfCompletion(completionId);
  return searchId === null ? null : findBySearch(context, searchId);
}

export async function findBySearch(context: AppContext, searchId: string): Promise<StoredCompletion | null> {
  const found = toStored(searchId, await stubOf(context, searchId).kept());
  // What is still being searched for, or has come to nothing, is no completion.
  return found === null || found.summary.state === "running" || failureOf(found.summary) !== null ? null : found;
}

/** Replaces its metadata; null where it has been deleted in between. */
export async function relabel(
  context: AppContext,
  stored: StoredCompletion,
  metadata: Metadata,
): Promise<StoredCompletion | null> {
  const isThere = await stubOf(context, stored.searchId).relabel(metadata);
  return isThere ? { ...stored, listing: { ...stored.listing, metadata } } : null;
}

/** Also while it is being searched for: whoever waits for it still gets it, and nobody after. False where there is none. */
export async function deleteStored(context: AppContext, completionId: string): Promise<boolean> {
  const searchId = searchIdOfCompletion(completionId);
  if (searchId === null) return false;
  const stub = stubOf(context, searchId);
  if (toStored(searchId, await stub.kept()) === null) return false;
  return stub.erase("let-end");
}

/** What it was asked. */
export async function messagesOf(context: AppContext, { searchId }: StoredCompletion): Promise<readonly Message[]> {
  const json = await stubOf(context, searchId).problem();
  if (json === null) throw new Error(`search ${searchId} is gone`);
  return (JSON.parse(new TextDecoder().decode(json)) as Problem).messages;
}

/** As it was answered, with the metadata of now. */
export function storedToWire({ searchId, summary, kept, listing }: StoredCompletion) {
  const head = headOf(searchId, listing.model, summary.createdAtMs, kept.isLegacy);
  return { ...completionOf(head, summary, kept.count), metadata: listing.metadata };
}

function toStored(searchId: string, found: KeptSearch | null): StoredCompletion | null {
  const kept = found === null ? null : parseKeptCompletion(found.keptJson);
  if (found?.listing === undefined || kept === null) return null;
  return { searchId, summary: found.summary, kept, listing: found.listing };
}

function stubOf(context: AppContext, searchId: string) {
  return searchStub(context.env, context.get("tenant").id, searchId);
}
