import type { Clock } from "../../src/core/clock.ts";
import type { Attempt } from "../../src/core/model.ts";
import { createRandom } from "../../src/core/random.ts";
import { fail, succeed } from "../../src/core/result.ts";
import type { RewardInput, RewardModel } from "../../src/core/reward-model.ts";
import type { Webhook } from "../../src/core/webhook.ts";

/** Scorers outside, scripted: their opinion depends on the text alone. One call each, after 50 ms. */

export interface ScriptedRewardModel extends RewardModel {
  readonly calls: readonly (readonly RewardInput[])[];
}

export function createScriptedRewardModel(
  clock: Clock,
  kind: RewardModel["kind"],
  value: (step: string) => number = (step) => createRandom(0, "reward", step).next(),
): ScriptedRewardModel {
  const calls: (readonly RewardInput[])[] = [];
  const known = new Set<string>();
  const fresh = (inputs: readonly RewardInput[]) => inputs.filter(({ steps }) => !known.has(steps.join("")));
  return {
    name: "scripted",
    kind,
    calls,
    worstCase: (inputs) => ({ rollouts: 0, calls: Math.min(1, fresh(inputs).length), tokens: 1, microdollars: 1 }),
    score: async (inputs, signal) => {
      const scores = inputs.map(({ steps }) => (kind === "process" ? steps.map(value) : [value(steps.join(""))]));
      if (fresh(inputs).length === 0) return { result: succeed(scores), attempts: [] };
      calls.push(inputs);
      await wait(clock, 50);
      if (signal.aborted) return { result: fail({ type: "cancelled", message: "cancelled" }), attempts: [] };
      for (const { steps } of inputs) known.add(steps.join(""));
      return { result: succeed(scores), attempts: [attemptAt(clock, 1)] };
    },
  };
}

export interface ScriptedWebhook extends Webhook {
  // biome-ignore lint/suspicious/noExplicitAny: the shape is the test's affair
  readonly bodies: readonly any[];
}

export function createScriptedWebhook(
  clock: Clock,
  // biome-ignore lint/suspicious/noExplicitAny: the shape is the test's affair
  reply: (body: any) => unknown = ({ candidates }) => ({
    scores: candidates.map(({ text }: { text: string }) => createRandom(0, "webhook", text).next()),
  }),
): ScriptedWebhook {
  const bodies: unknown[] = [];
  return {
    bodies,
    post: async (body, _timeoutMs, signal) => {
      const parsed: unknown = JSON.parse(body);
      bodies.push(parsed);
      await wait(clock, 50);
      if (signal.aborted) return { result: fail({ type: "cancelled", message: "cancelled" }), attempts: [] };
      return { result: succeed(reply(parsed)), attempts: [attemptAt(clock, 0)] };
    },
  };
}

function wait(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.schedule(ms, resolve);
  });
}

function attemptAt(clock: Clock, tokens: number): Attempt {
  return {
    provider: "scripted",
    model: "scorer",
    startedAtMs: clock.now(),
    headersAtMs: clock.now(),
    endedAtMs: clock.now(),
    promptTokens: tokens,
    completionTokens: 0,
    cachedTokens: 0,
    microdollars: tokens,
    isEstimated: false,
    outcome: "completed",
  };
}
