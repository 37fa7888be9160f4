import type { ServerResponse } from "node:http";
import { type Action, SSE_HEADERS } from "./action.ts";

/**
 * Carries the actions out in order and ends the response after the last. `closed` resolves when the client has gone or
 * the response is complete; `onHeaders` is told just before the headers leave.
 */
export async function play(
  actions: readonly Action[],
  response: ServerResponse,
  closed: Promise<void>,
  onHeaders: () => void,
): Promise<void> {
  const sendHeaders = (status: number, headers: Readonly<Record<string, string>>) => {
    // Headers that come after bytes are too late; scripts may put pieces before a ready-made answer.
    if (response.headersSent) return;
    onHeaders();
    response.writeHead(status, headers);
    response.flushHeaders();
  };
  for (const action of actions) {
    if (response.destroyed) return;
    switch (action.type) {
      case "headers":
        sendHeaders(action.status, action.headers);
        break;
      case "bytes":
        sendHeaders(200, SSE_HEADERS);
        await new Promise<void>((resolve) => {
          response.write(action.bytes, () => resolve());
          closed.then(resolve);
        });
        break;
      case "wait":
        await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, action.ms))]);
        break;
      case "stall":
        await closed;
        break;
      case "reset":
        response.socket?.resetAndDestroy();
        return;
    }
  }
  if (response.destroyed) return;
  sendHeaders(500, {});
  response.end();
}
