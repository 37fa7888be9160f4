import worker, * as deployed from "../../src/worker.ts";

/**
 * The Worker that is deployed, with a meter between it and the platform: what the platform would bill, counted where the
 * Worker asks for it. Nothing else is changed. GET /meter tells, DELETE /meter begins anew.
 */
const NOTHING = { workerRequests: 0, objectRequests: {}, rowsWritten: {}, databaseRowsWritten: 0, archivePuts: 0 };
let meter = structuredClone(NOTHING);

const add = (name, group, count) => {
  meter[group][name] = (meter[group][name] ?? 0) + count;
};

/** Rows of SQL as SQLite counts them, indexes included; each key-value pair and each alarm is one (PLATFORM.md A8). */
function meterStorage(storage, name) {
  const { sql, kv } = storage;
  const exec = sql.exec.bind(sql);
  Object.defineProperty(sql, "exec", {
    value: (...args) => {
      const cursor = exec(...args);
      add(name, "rowsWritten", cursor.rowsWritten);
      return cursor;
    },
  });
  for (const method of ["put", "delete"]) {
    const own = kv[method].bind(kv);
    Object.defineProperty(kv, method, {
      value: (...args) => {
        add(name, "rowsWritten", 1);
        return own(...args);
      },
    });
  }
  const setAlarm = storage.setAlarm.bind(storage);
  Object.defineProperty(storage, "setAlarm", {
    value: (...args) => {
      add(name, "rowsWritten", 1);
      return setAlarm(...args);
    },
  });
  if (storage.sql !== sql || storage.kv !== kv) throw new Error("the meter is not where the Worker looks");
}

function meterDatabase(database) {
  const count = (result) => {
    meter.databaseRowsWritten += result.meta.rows_written;
    return result;
  };
  const meterStatement = (statement) => {
    const { bind, run, all } = statement;
    statement.bind = (...values) => meterStatement(bind.apply(statement, values));
    statement.run = async (...args) => count(await run.apply(statement, args));
    statement.all = async (...args) => count(await all.apply(statement, args));
    return statement;
  };
  return {
    prepare: (text) => meterStatement(database.prepare(text)),
    batch: async (statements) => (await database.batch(statements)).map(count),
  };
}

function meterBucket(bucket) {
  return {
    get: (...args) => bucket.get(...args),
    delete: (...args) => bucket.delete(...args),
    put: (...args) => {
      meter.archivePuts++;
      return bucket.put(...args);
    },
  };
}

function metered(name) {
  const Deployed = deployed[name];
  class Metered extends Deployed {
    constructor(ctx, env) {
      meterStorage(ctx.storage, name);
      super(ctx, { ...env, DB: meterDatabase(env.DB), ARCHIVE: meterBucket(env.ARCHIVE) });
    }
  }
  for (const method of Object.getOwnPropertyNames(Deployed.prototype)) {
    if (method === "constructor") continue;
    const own = Deployed.prototype[method];
    Metered.prototype[method] = function (...args) {
      add(name, "objectRequests", 1);
      return own.apply(this, args);
    };
  }
  return Metered;
}

export const SearchTree = metered("SearchTree");
export const Tenant = metered("Tenant");
export const Outlet = metered("Outlet");
export const Judgements = metered("Judgements");

export default {
  ...worker,
  fetch: (request, env, ctx) => {
    if (new URL(request.url).pathname === "/meter") {
      const told = Response.json(meter);
      if (request.method === "DELETE") meter = structuredClone(NOTHING);
      return told;
    }
    meter.workerRequests++;
    return worker.fetch(request, env, ctx);
  },
};
