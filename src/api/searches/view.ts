import type { SearchReport } from "../../../durable-objects/search-tree/protocol.ts";
import type { SearchRow } from "../../db/searches.ts";
import { microdollarsToDollars } from "../../ledger/money.ts";
import { usageOf, verifierToWire } from "../chat-completions/completion.ts";
import { failureOf, stopReasonToWire } from "../chat-completions/outcome.ts";
import { errorToWire } from "../errors.ts";
import { nodeToWire } from "./trace.ts";

/** A search as the API shows it: what it is doing or has done, and its tree. */
export function reportToWire(report: SearchReport) {
  const answer = report.state === "running" ? undefined : report.answers[0];
  const failure = report.state === "running" ? null : failureOf(report);
  return {
    id: report.id,
    object: "search",
    state: report.state,
    model: report.model,
    method: report.method,
    seed: report.seed,
    created: Math.floor(report.createdAtMs / 1000),
    ended: report.endedAtMs === null ? null : Math.floor(report.endedAtMs / 1000),
    wall_ms: report.wallMs,
    stop_reason: report.stopReason === null ? null : stopReasonToWire(report.stopReason),
    answer: answer?.text ?? null,
    answer_node_id: answer?.nodeId ?? null,
    score: answer?.score ?? null,
    error: failure === null ? null : errorToWire(failure).body.error,
    rollouts: report.rollouts,
    usage: usageOf(report, answer === undefined ? [] : [answer]),
    verifier: verifierToWire(report.verifiers),
    clamped: report.clamped,
    note: report.note,
    value: report.value,
    selection: { name: report.selection, score: report.selectionScore },
    prompts: report.promptHashes,
    emulated: report.emulated,
    tree: report.nodes.map(nodeToWire),
  };
}

/** A search in a list: without its tree, which `GET /v1/searches/{id}` shows. */
export interface ListedSearch {
  readonly id: string;
  readonly object: "search";
  readonly state: string;
  readonly model: string;
  readonly method: string;
  readonly seed: number;
  readonly created: number;
  /** Null while it runs, as is the next. */
  readonly ended: number | null;
  readonly stop_reason: string | null;
  readonly answer: string | null;
  readonly score: number | null;
  readonly rollouts: number;
  readonly model_calls: number;
  readonly cost: number;
}

export function rowToWire(row: SearchRow): ListedSearch {
  return {
    id: row.id,
    object: "search",
    state: row.state,
    model: row.model,
    method: row.method,
    seed: row.seed,
    created: Math.floor(row.createdAtMs / 1000),
    ended: Math.floor(row.endedAtMs / 1000),
    stop_reason: stopReasonToWire(row.stopReason),
    answer: row.answer,
    score: row.score,
    rollouts: row.rollouts,
    model_calls: row.calls,
    cost: microdollarsToDollars(row.microdollars),
  };
}
