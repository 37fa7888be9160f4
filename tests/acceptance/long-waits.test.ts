import { beforeAll, expect, test } from "vitest";
import { CLIENTS } from "../clients/all.ts";
import type { Ask } from "../clients/client.ts";
import { pythonWithSdk } from "../clients/python/environment.ts";
import { MODEL, setStage } from "../clients/stage.ts";
import { HELLO } from "../setup/scenarios.ts";

// WIRE 5.3. All clients wait side by side, each with the timeouts and retries that it comes with.

const stage = setStage();
beforeAll(() => pythonWithSdk(), 300_000);

/** Nobody's idle timer is shorter than a minute: half of it leaves room for a busy machine. */
const LONGEST_SILENCE_MS = 30_000;

/** What a client may ask for, and who fails at it, by name. */
async function failuresOf(cases: readonly (readonly [string, Promise<string>])[]): Promise<string[]> {
  const told = await Promise.all(
    cases.map(([name, answer]) =>
      answer.then(
        (text) => (text === HELLO ? [] : [`${name}: answered '${text}'`]),
        (error: unknown) => [`${name}: ${error instanceof Error ? error.message : error}`],
      ),
    ),
  );
  return told.flat();
}

function waits(name: string, asked: () => Ask): (readonly [string, Promise<string>])[] {
  return CLIENTS.flatMap((client) => [
    [`${client.name}, ${name}`, client.text(asked())] as const,
    [`${client.name}, ${name}, streamed`, client.stream(asked()).then((pieces) => pieces.join(""))] as const,
  ]);
}

test("WIRE 5.3: every client gets an answer that took 90 s, and one that took 280 s with max_wall_ms raised", async () => {
  const failures = await failuresOf([
    ...waits("90 s", () => stage.ask("first-after-90", { isPatient: true })),
    ...waits("280 s", () =>
      stage.ask("rest-after-280", {
        isPatient: true,
        model: `${MODEL}:bon-2`,
        headers: { "X-Search-Budget": "ms=330000" },
      }),
    ),
  ]);
  expect(failures).toEqual([]);
  const silences = stage.exchanges.map(({ longestSilenceMs }) => longestSilenceMs ?? 0);
  expect(Math.max(...silences)).toBeLessThan(LONGEST_SILENCE_MS);
}, 420_000);
