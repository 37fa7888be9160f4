import type { Env } from "../../env.ts";
import { createLiveNews, type LiveNews } from "../chat-completions/live-news.ts";
import { searchStub } from "./search-stub.ts";

const FIRST_PAUSE_MS = 100;

/** The answers of that search while they are written. */
export function followAnswer(env: Env, tenantId: string, searchId: string): LiveNews {
  // A stub that threw may be broken for good: a new one each time.
  return createLiveNews(() => searchStub(env, tenantId, searchId).follow(), FIRST_PAUSE_MS);
}
