import { z } from "zod";
import { LARGEST_NANODOLLARS, nanodollarsToDollars } from "../../ledger/money.ts";
import { randomBase62 } from "../keys/format.ts";

// What several resources have in common: how money, time and ids are written.

/** US dollars as a number of at most nine decimals: what is finer is rounded to a nanodollar. */
export const dollarsField = z
  .number()
  .min(0)
  .max(nanodollarsToDollars(LARGEST_NANODOLLARS))
  .meta({ description: "US dollars; exact to nine decimals." });

const LATEST_SECONDS = 8_640_000_000_000;

export const secondsField = z.number().int().min(0).max(LATEST_SECONDS).meta({ description: "Unix seconds." });

export const nameField = z.string().min(1).max(200);

/** Of projects, tenants and the like, where the client chooses it. */
export const idField = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, "expected 1 to 64 of a-z, 0-9, _ and -");

export function secondsToMs(seconds: number): number {
  return seconds * 1000;
}

export function msToSeconds(ms: number): number {
  return Math.floor(ms / 1000);
}

export function msToSecondsOrNull(ms: number | null): number | null {
  return ms === null ? null : msToSeconds(ms);
}

export const randomBytes = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));

/** 22 base62 characters: 131 bits. */
export function createId(prefix: string): string {
  return `${prefix}_${randomBase62(randomBytes, 22)}`;
}
