import { parseArgs } from "node:util";
import { AUTOMATIC_ANSWER } from "../../src/core/answer/answer.ts";
import { createCanceller } from "../../src/core/cancellation.ts";
import type { Model } from "../../src/core/model.ts";
import { median } from "../../src/core/statistics.ts";
import type { Candidate, VerifierDefinition } from "../../src/core/verifier.ts";
import { VERIFIERS } from "../../src/verifiers/index.ts";
import { asAnswers, CASES, type CheckerCase, HOSTILE } from "./cases.ts";

interface Row {
  readonly verifier: string;
  readonly microsecondsPerCheck: number;
  /** The longest that one hostile candidate took, its answer's extraction included. */
  readonly slowestHostileMs: number;
}

/** One check takes at least this long in all, so that the clock is not what is measured. */
const LEAST_MS = 20;

/** Microseconds per check of each exact checker, and the slowest hostile candidate tried. */
export async function verifiers(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: "boolean", default: false },
      runs: { type: "string", default: "5" },
      verifier: { type: "string" },
    },
  });
  const runs = Number(values.runs);
  const rows: Row[] = [];
  console.log(`exact checkers: median of ${runs} runs, the answer's extraction included`);
  console.log(`${"verifier".padEnd(20)}${"us per check".padStart(14)}${"slowest hostile ms".padStart(20)}  which`);
  for (const definition of VERIFIERS.filter(({ isExact }) => isExact)) {
    const { name } = definition;
    if (values.verifier !== undefined && name !== values.verifier) continue;
    const one = CASES[name];
    if (one === undefined) {
      console.log(`${name.padEnd(20)}  not measured: it has no case in bench/verifiers/cases.ts`);
      continue;
    }
    const check = checkerOf(definition, one);
    const measured: number[] = [];
    // The first run warms the compiler up.
    for (let run = 0; run <= runs; run++) measured.push(await microsecondsPerCheck(check, one.texts));
    const microseconds = Math.round(10 * median(measured.slice(1))) / 10;
    const slowest = await slowestOf(check, [...(one.hostile ?? []), ...HOSTILE, ...asAnswers(HOSTILE)]);
    rows.push({ verifier: name, microsecondsPerCheck: microseconds, slowestHostileMs: slowest.ms });
    const shown = JSON.stringify(`${slowest.text.slice(0, 24)}`);
    console.log(
      `${name.padEnd(20)}${microseconds.toFixed(1).padStart(14)}${slowest.ms.toFixed(2).padStart(20)}  ${shown}... (${slowest.text.length})`,
    );
  }
  if (values.json) console.log(JSON.stringify({ runs, rows }));
}

type Check = (text: string) => Promise<void>;

/** From the candidate's text to its score; throws where a checker fails, which none may. */
function checkerOf(definition: VerifierDefinition, one: CheckerCase): Check {
  const parsed = definition.parse(one.parameters ?? {});
  if (!parsed.ok) throw new Error(`${definition.name}: ${JSON.stringify(parsed.error)}`);
  const verifier = definition.create({ model: NO_MODEL, prompts: {}, seed: 1 }, parsed.value);
  const problem = {
    messages: [{ role: "user", content: one.question }] as const,
    forwarded: {},
    reference: one.reference ?? null,
  };
  const { signal } = createCanceller();
  return async (text) => {
    const candidates = [candidateOf(text)];
    if (verifier.verifyNow !== undefined) {
      verifier.verifyNow(problem, candidates);
      return;
    }
    const { result } = await verifier.verify(problem, candidates, signal);
    if (!result.ok) throw new Error(`${definition.name}: ${result.error.message}`);
  };
}

function candidateOf(text: string): Candidate {
  const answer = AUTOMATIC_ANSWER.extract(text, []);
  return {
    text,
    steps: [text],
    isComplete: true,
    answer,
    answerClass: answer === null ? null : AUTOMATIC_ANSWER.classOf(answer),
    toolCalls: [],
    count: 1,
    judgements: 0,
  };
}

async function microsecondsPerCheck(check: Check, texts: readonly string[]): Promise<number> {
  let checks = 0;
  const startedAtMs = performance.now();
  let elapsedMs = 0;
  while (elapsedMs < LEAST_MS) {
    for (const text of texts) await check(text);
    checks += texts.length;
    elapsedMs = performance.now() - startedAtMs;
  }
  return (1000 * elapsedMs) / checks;
}

async function slowestOf(
  check: Check,
  texts: readonly string[],
): Promise<{ readonly ms: number; readonly text: string }> {
  let slowest = { ms: 0, text: "" };
  for (const text of texts) {
    const startedAtMs = performance.now();
    await check(text);
    const ms = Math.round(100 * (performance.now() - startedAtMs)) / 100;
    if (ms > slowest.ms) slowest = { ms, text };
  }
  return slowest;
}

/** Exact checkers ask no model. */
const NO_MODEL: Model = {
  name: "none",
  capabilities: {
    n: "ignored",
    continuation: false,
    logprobs: false,
    instructions: false,
    stepSeparator: "\n",
    stepTokens: null,
  },
  worstCase: () => {
    throw new Error("an exact checker asked what a model costs");
  },
  complete: () => {
    throw new Error("an exact checker asked a model");
  },
};
