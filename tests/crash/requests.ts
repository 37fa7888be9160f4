/** A request that begins a search and comes back at once; `index` is the search's number in the campaign. */
export interface Order {
  readonly key: string;
  readonly path: "/v1/chat/completions" | "/v1/responses";
  readonly body: Readonly<Record<string, unknown>>;
}

/** Legal moves and numbers are all the scripted model knows; it is never right, so that no search stops early by a verdict. */
const HAND = "Use 4 9 10 13 to make 24";
const QUESTION = "What is the answer?";

/** What a kill cuts off counts against these, as any call does: more than a campaign's kills can use up. */
const LIMITS = { max_model_calls: 2000, max_wall_ms: 900_000 };

/**
 * Methods of different shape: all calls at once; a vote; a tree with an exact checker; levels with a judge, whose calls
 * depend on the calls before.
 */
const SEARCHES = [
  {
    question: HAND,
    search: { method: "best-of-n", verifier: "agreement", budget: { max_rollouts: 8, max_parallel: 3 } },
  },
  { question: QUESTION, search: { method: "self-consistency", budget: { max_rollouts: 8, max_parallel: 8 } } },
  { question: HAND, search: { method: "mcts", budget: { max_rollouts: 6, max_parallel: 2 } } },
  {
    question: QUESTION,
    search: { method: "beam", verifier: "judge", budget: { max_rollouts: 4, max_parallel: 4 } },
  },
] as const;

/** Every other one streamed, the others in the background: all clients are told the search's id before it has ended. */
export function orderOf(campaign: string, index: number): Order {
  const { question, search } = SEARCHES[index % SEARCHES.length] ?? SEARCHES[0];
  const key = `${campaign}-${index}`;
  const limited = { ...search, budget: { ...search.budget, ...LIMITS } };
  const common = { model: "espalier/scripted", search: limited, seed: index };
  const content = `${question} (${key})`;
  if (Math.floor(index / SEARCHES.length) % 2 === 0) {
    const messages = [{ role: "user", content }];
    return { key, path: "/v1/chat/completions", body: { ...common, messages, stream: true, max_tokens: 64 } };
  }
  return { key, path: "/v1/responses", body: { ...common, input: content, background: true, max_output_tokens: 64 } };
}
