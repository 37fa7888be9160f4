/**
 * Wall time in milliseconds of a search for which the request asks none (WIRE.md decision 5 and 4.7), by how its answer
 * travels. Whole: LlamaIndex waits 60 s for headers. Streamed: signs of life keep every idle timer from running out, and
 * four minutes is what a person waits. In the background nobody's connection waits. Whoever wants another one says so in
 * `search.budget.max_wall_ms`, by a preset, or in X-Stainless-Timeout, which bounds an answer that is sent whole.
 */
export function defaultWallMs({ stream, background }: Readonly<Record<string, unknown>>): number {
  if (background === true) return 900_000;
  return stream === true ? 240_000 : 55_000;
}
