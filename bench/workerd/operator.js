/**
 * Beside the service under test, on a socket of its own: runs SQL against its D1, as `wrangler d1 execute` would. A list
 * of `{ sql, params }` is one batch (one transaction); the answer is the rows of each.
 */
export default {
  async fetch(request, { DB }) {
    const statements = await request.json();
    const results = await DB.batch(statements.map(({ sql, params = [] }) => DB.prepare(sql).bind(...params)));
    return Response.json(results.map((result) => result.results));
  },
};
