import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { lingering } from "../../src/providers/openai/body.ts";
import { clock, createRig } from "./support.ts";

const ANSWER = 'data: {"choices":[{"index":0,"delta":{"content":"24"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';

describe("the connection of a call", () => {
  it("is used again, though the body ends a moment after [DONE]", async () => {
    let connections = 0;
    const server = createServer((request, response) => {
      request.resume();
      request.on("end", () => {
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.write(ANSWER);
        setTimeout(() => response.end(), 10);
      });
    });
    server.on("connection", () => connections++);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const rig = await createRig(() => [], { baseUrl: `http://127.0.0.1:${port}/v1` });
    for (let call = 0; call < 5; call++) {
      expect((await rig.ask()).result.ok).toBe(true);
      // The next call comes when this one's end has arrived, as it does in a search that goes on.
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    server.close();
    server.closeAllConnections();
    expect(connections).toBe(1);
  });

  /** A body of which a first piece is read before it is left; `cancelled` resolves when it is cancelled. */
  async function leave(next: (controller: ReadableStreamDefaultController<Uint8Array>) => void) {
    let pulls = 0;
    let whenCancelled = () => {};
    const cancelled = new Promise<"cancelled">((resolve) => {
      whenCancelled = () => resolve("cancelled");
    });
    const source = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          if (++pulls === 1) controller.enqueue(new Uint8Array(10));
          else return next(controller);
        },
        cancel: () => whenCancelled(),
      },
      { highWaterMark: 0 },
    );
    const reader = source.getReader();
    await reader.read();
    // Nobody waits for what follows.
    void lingering(reader, clock);
    return { cancelled, pulls: () => pulls };
  }

  it("is given up where the body goes on without a word", async () => {
    const { cancelled } = await leave(() => {});
    expect(await cancelled).toBe("cancelled");
  });

  it("is given up where too much follows", async () => {
    const { cancelled, pulls } = await leave((controller) => controller.enqueue(new Uint8Array(10_000)));
    expect(await cancelled).toBe("cancelled");
    expect(pulls()).toBe(8);
  });

  it("is left in peace where the body ends", async () => {
    const { cancelled } = await leave((controller) => controller.close());
    const later = new Promise((resolve) => setTimeout(() => resolve("not cancelled"), 1200));
    expect(await Promise.race([cancelled, later])).toBe("not cancelled");
  });
});
