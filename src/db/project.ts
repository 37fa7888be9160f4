import { latestScore } from "../core/node.ts";
import type { Tree } from "../core/tree.ts";
import type { Recipe } from "../recipe.ts";
import type { attempts, candidates, searches } from "./schema.ts";
import { stateOf } from "./state.ts";

export interface SearchRows {
  readonly search: typeof searches.$inferInsert;
  readonly candidates: readonly (typeof candidates.$inferInsert)[];
  readonly attempts: readonly (typeof attempts.$inferInsert)[];
}

export interface SearchOrigin {
  readonly searchId: string;
  readonly tenantId: string;
  readonly createdAtMs: number;
  readonly recipe: Recipe;
  /** Whose lease it spent under; null for a search from before there were leases. */
  readonly keyId?: string | null;
}

/** An ended search as rows. Pure, so a delivery that is repeated writes the same rows again. */
export function searchToRows(origin: SearchOrigin, tree: Tree, endedAtMs: number): SearchRows {
  const { searchId, recipe } = origin;
  const { end } = tree;
  if (end === null) throw new Error("a search that has not ended has no rows yet");
  const answer = end.answerNodeId === null ? null : tree.node(end.answerNodeId);
  return {
    search: {
      id: searchId,
      tenantId: origin.tenantId,
      model: recipe.model,
      method: recipe.method,
      state: stateOf(end),
      stopReason: end.reason,
      answer: answer === null ? null : tree.textOf(answer),
      score: answer === null ? null : (latestScore(answer)?.value ?? null),
      rollouts: tree.rollouts,
      calls: tree.spent.calls,
      promptTokens: tree.attempts.reduce((sum, attempt) => sum + attempt.promptTokens, 0),
      completionTokens: tree.attempts.reduce((sum, attempt) => sum + attempt.completionTokens, 0),
      microdollars: tree.spent.microdollars,
      seed: recipe.seed,
      recipe: JSON.stringify(recipe),
      createdAtMs: origin.createdAtMs,
      endedAtMs,
      keyId: origin.keyId ?? null,
    },
    candidates: [...tree.terminals, ...tree.vetoed].map((node) => ({
      searchId,
      nodeId: node.id,
      text: tree.textOf(node),
      answerClass: tree.answerClassOf(node),
      score: latestScore(node)?.value ?? null,
      scoreKind: latestScore(node)?.kind ?? null,
      repeats: node.repeats,
      isAnswer: node === answer,
    })),
    attempts: tree.attempts.map((attempt, index) => ({ searchId, index, ...attempt })),
  };
}
