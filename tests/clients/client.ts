/** One question to the service, as a user of a client library would ask it. */
export interface Ask {
  readonly baseURL: string;
  readonly apiKey: string;
  readonly model: string;
  readonly prompt: string;
  readonly temperature?: number;
  readonly signal?: AbortSignal;
}

/** What the user of a library finds out about a failure. */
export interface Failure {
  readonly status: number | undefined;
  readonly message: string;
  readonly param: unknown;
}

/** A client library, used as its documentation says; retries are off, so that a failure shows at once. */
export interface Client {
  readonly name: string;
  text(ask: Ask): Promise<string>;
  /** The pieces, as they came. */
  stream(ask: Ask): Promise<readonly string[]>;
  /** What the model wants the tool `weather` to be called with, of `{city: string}`. */
  toolCall(ask: Ask): Promise<unknown>;
  /** The same, streamed. */
  streamedToolCall(ask: Ask): Promise<unknown>;
  /** Structured output, of `{city: string, degrees: number}`. */
  object(ask: Ask): Promise<unknown>;
  failureOf(error: unknown): Failure;
}

export async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}
