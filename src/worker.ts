import { app } from "./api/app.ts";

export { Judgements } from "../durable-objects/judgements/judgements.ts";
export { Outlet } from "../durable-objects/outlet/outlet.ts";
export { SearchTree } from "../durable-objects/search-tree/search-tree.ts";
export { Tenant } from "../durable-objects/tenant/tenant.ts";

export default app;
