import { sweep } from "../durable-objects/sweeper/sweep.ts";
import { app } from "./api/app.ts";
import type { Env } from "./env.ts";

export { Judgements } from "../durable-objects/judgements/judgements.ts";
export { Outlet } from "../durable-objects/outlet/outlet.ts";
export { SearchTree } from "../durable-objects/search-tree/search-tree.ts";
export { Tenant } from "../durable-objects/tenant/tenant.ts";

export default {
  fetch: app.fetch,
  /** Once a minute (wrangler.toml). */
  scheduled: async ({ scheduledTime }, env) => {
    const swept = await sweep(env, scheduledTime, Math.random());
    if (swept.asked > 0) console.info(`sweep: ${JSON.stringify(swept)}`);
  },
} satisfies ExportedHandler<Env>;
