import type { CancelSignal } from "./cancellation.ts";
import type { Attempt, ModelError } from "./model.ts";
import type { Result } from "./result.ts";

/** A tenant's own scorer at its own address. The edge signs and sends; tests script it. */
export interface Webhook {
  /**
   * Sends this JSON and gives the JSON that came back. The id is derived from what is sent: sent again after a timeout or a
   * crash it is the same, and the receiver may answer from what it remembers. Resolves, also when cancelled.
   */
  post(body: string, timeoutMs: number, signal: CancelSignal): Promise<WebhookOutcome>;
}

export interface WebhookOutcome {
  readonly result: Result<unknown, ModelError>;
  readonly attempts: readonly Attempt[];
}
