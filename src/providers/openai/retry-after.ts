/** The part of `Headers` that is needed here. */
interface HeaderReader {
  get(name: string): string | null;
}

/**
 * How long a provider asks to be left alone, in ms >= 0; null where it does not say, or says nonsense. OpenAI's
 * `retry-after-ms` is finer than the standard's `retry-after`, which is in seconds or an HTTP date (RFC 9110, 10.2.3).
 */
export function retryAfterMs(headers: HeaderReader, nowMs: number): number | null {
  const milliseconds = numberOf(headers.get("retry-after-ms"));
  if (milliseconds !== null) return Math.ceil(milliseconds);
  const text = headers.get("retry-after");
  const seconds = numberOf(text);
  if (seconds !== null) return Math.ceil(seconds * 1000);
  // Only what looks like a date: Date.parse takes "-5" for a month.
  if (text === null || !/^[A-Za-z]{3,9},/.test(text.trim())) return null;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}

function numberOf(text: string | null): number | null {
  return text !== null && /^\d{1,9}(?:\.\d+)?$/.test(text.trim()) ? Number(text) : null;
}
