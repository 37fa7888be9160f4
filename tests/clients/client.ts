/** One question to the service, as a user of a client library would ask it. */
export interface Ask {
  readonly baseURL: string;
  readonly apiKey: string;
  readonly model: string;
  readonly prompt: string;
  readonly temperature?: number;
  readonly signal?: AbortSignal;
  /** A data URL, sent beside the prompt. */
  readonly image?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** With the library's own retries and timeouts; without, a failure shows at once. */
  readonly isPatient?: boolean;
}

/** What the user of a library finds out about a failure. */
export interface Failure {
  readonly status: number | undefined;
  readonly message: string;
  readonly param: unknown;
  readonly code: unknown;
}

/** A client library, used as its documentation says. */
export interface Client {
  readonly name: string;
  text(ask: Ask): Promise<string>;
  /** The pieces, as they came. */
  stream(ask: Ask): Promise<readonly string[]>;
  /** What the model wants the tool `weather` to be called with, each of `{city: string}`; it must call it. */
  toolCalls(ask: Ask): Promise<readonly unknown[]>;
  /** The same, streamed. */
  streamedToolCalls(ask: Ask): Promise<readonly unknown[]>;
  /** Structured output, of `{city: string, degrees: number}`. */
  object(ask: Ask): Promise<unknown>;
  failureOf(error: unknown): Failure;
}

/** In OpenAI's shape, where the library keeps it. */
export function failureIn(error: unknown): Failure {
  const { status, message, param, code } = error as {
    status?: number;
    message: string;
    param?: unknown;
    code?: unknown;
  };
  return { status, message, param, code };
}

export async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}
