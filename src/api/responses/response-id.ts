import { isSearchId } from "../searches/search-id.ts";

/** A response, its search and its items carry one suffix: each names the others. */
export function responseIdOf(searchId: string): string {
  return `resp_${suffixOf(searchId)}`;
}

/** Null where it is no id of ours. */
export function searchIdOfResponse(responseId: string): string | null {
  return searchIdAfter("resp_", responseId);
}

/** The one message of a response. */
export function messageIdOf(searchId: string): string {
  return `msg_${suffixOf(searchId)}`;
}

export function functionCallIdOf(searchId: string, index: number): string {
  return `fc_${suffixOf(searchId)}_${index}`;
}

export function inputItemIdOf(searchId: string, index: number): string {
  return `item_${suffixOf(searchId)}_${index}`;
}

/** The search that an output item's id comes from; null where it is none of ours. */
export function searchIdOfItem(itemId: string): string | null {
  return searchIdAfter("msg_", itemId) ?? searchIdAfter("fc_", itemId.replace(/_\d+$/, ""));
}

function searchIdAfter(prefix: string, id: string): string | null {
  if (!id.startsWith(prefix)) return null;
  const searchId = `srch_${id.slice(prefix.length)}`;
  return isSearchId(searchId) ? searchId : null;
}

function suffixOf(searchId: string): string {
  return searchId.slice("srch_".length);
}
