/**
 * Beside the service under test, on a socket of its own, with what only its operator can do. `POST /sql`: a list of
 * `{ sql, params }` is one batch (one transaction) against its D1, as `wrangler d1 execute` would run it; the answer is the
 * rows of each. `POST /tenant`: `{ code, method, args }` calls that tenant's object.
 */
export default {
  async fetch(request, { DB, TENANTS }) {
    const asked = await request.json();
    if (new URL(request.url).pathname === "/tenant") {
      const { code, method, args } = asked;
      return Response.json(await TENANTS.getByName(code)[method](...args));
    }
    const results = await DB.batch(asked.map(({ sql, params = [] }) => DB.prepare(sql).bind(...params)));
    return Response.json(results.map((result) => result.results));
  },
};
