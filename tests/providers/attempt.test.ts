import { expect, test } from "vitest";
import { answer, bytes, FAULTS, headers, wait } from "../upstream/index.ts";
import { createRig } from "./support.ts";

test("an attempt tells when its headers and its first piece of an answer came, and the provider's own id of it", async () => {
  const id = { "content-type": "text/event-stream", "x-request-id": "req_42" };
  const rig = await createRig(() => [headers(200, id), wait(40), bytes(": thinking\n\n"), wait(40), ...answer(["24"])]);
  const [attempt] = (await rig.ask()).attempts;
  const { startedAtMs = 0, headersAtMs, firstTokenAtMs, endedAtMs = 0 } = attempt ?? {};
  expect(attempt?.providerRequestId).toBe("req_42");
  expect(headersAtMs ?? 0).toBeGreaterThanOrEqual(startedAtMs);
  // Headers and comments are no piece of an answer: both waits lie before it.
  expect(firstTokenAtMs ?? 0).toBeGreaterThan(headersAtMs ?? 0);
  expect(endedAtMs).toBeGreaterThanOrEqual(firstTokenAtMs ?? 0);
});

test("a call that brings nothing has no first piece, and one without an id none", async () => {
  const rig = await createRig(() => FAULTS.serverError);
  const [attempt] = (await rig.ask()).attempts;
  expect(attempt).toMatchObject({ outcome: "unavailable", firstTokenAtMs: null });
  expect(attempt).not.toHaveProperty("providerRequestId");
});
