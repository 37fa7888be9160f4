import { listAudit, verifyLog } from "./audit.ts";
import { addBudgetTopUp, createBudget, deleteBudget, getBudget, listBudgets, updateBudget } from "./budgets.ts";
import { listDataKeys, rewrapDataKey } from "./data-keys.ts";
import { createTenantKey, getKey, listTenantKeys, revokeTenantKey, rotateTenantKey, updateKey } from "./keys.ts";
import { clearLimits, getLimits, listLimits, setLimits } from "./limits.ts";
import type { Operation } from "./operation.ts";
import { createPrice, deletePrice, listPrices } from "./prices.ts";
import { archiveProject, createProject, getProject, listProjects, updateProject } from "./projects.ts";
import type { AdministrationName } from "./protocol.ts";
import {
  createProvider,
  deleteProvider,
  getProvider,
  listProviders,
  openProvider,
  updateProvider,
} from "./providers.ts";
import { createTenancy, getTenancy, updateTenancy } from "./tenancy.ts";
import { createWebhook, deleteWebhook, getWebhook, listWebhooks, rotateWebhook, updateWebhook } from "./webhooks.ts";

/** Everything that can be administered, and what a key must be permitted to do for it. */
export const OPERATIONS: { readonly [Name in AdministrationName]: Operation<Name> } = {
  "tenant.create": { type: "write", permission: "tenants:write", reach: "tenant", run: createTenancy },
  "tenant.get": { type: "read", permission: "tenants:read", reach: "project", run: getTenancy },
  "tenant.update": { type: "write", permission: "tenants:write", reach: "tenant", run: updateTenancy },
  "project.create": { type: "write", permission: "projects:write", reach: "tenant", run: createProject },
  "project.list": { type: "read", permission: "projects:read", reach: "project", run: listProjects },
  "project.get": { type: "read", permission: "projects:read", reach: "project", run: getProject },
  "project.update": { type: "write", permission: "projects:write", reach: "project", run: updateProject },
  "project.archive": { type: "write", permission: "projects:write", reach: "tenant", run: archiveProject },
  "key.create": { type: "write", permission: "keys:write", reach: "project", run: createTenantKey },
  "key.list": { type: "read", permission: "keys:read", reach: "project", run: listTenantKeys },
  "key.get": { type: "read", permission: "keys:read", reach: "project", run: getKey },
  "key.update": { type: "write", permission: "keys:write", reach: "project", run: updateKey },
  "key.rotate": { type: "write", permission: "keys:write", reach: "project", run: rotateTenantKey },
  "key.revoke": { type: "write", permission: "keys:write", reach: "project", run: revokeTenantKey },
  "budget.create": { type: "write", permission: "budgets:write", reach: "project", run: createBudget },
  "budget.list": { type: "read", permission: "budgets:read", reach: "project", run: listBudgets },
  "budget.get": { type: "read", permission: "budgets:read", reach: "project", run: getBudget },
  "budget.update": { type: "write", permission: "budgets:write", reach: "project", run: updateBudget },
  "budget.delete": { type: "write", permission: "budgets:write", reach: "project", run: deleteBudget },
  "budget.top-up": { type: "write", permission: "budgets:write", reach: "project", run: addBudgetTopUp },
  "limits.list": { type: "read", permission: "budgets:read", reach: "project", run: listLimits },
  "limits.get": { type: "read", permission: "budgets:read", reach: "project", run: getLimits },
  "limits.set": { type: "write", permission: "budgets:write", reach: "project", run: setLimits },
  "limits.clear": { type: "write", permission: "budgets:write", reach: "project", run: clearLimits },
  "price.create": { type: "write", permission: "prices:write", reach: "tenant", run: createPrice },
  "price.list": { type: "read", permission: "prices:read", reach: "project", run: listPrices },
  "price.delete": { type: "write", permission: "prices:write", reach: "tenant", run: deletePrice },
  "audit.list": { type: "read", permission: "audit:read", reach: "tenant", run: listAudit },
  "audit.verify": { type: "read", permission: "audit:read", reach: "tenant", run: verifyLog },
  "webhook.create": { type: "write", permission: "webhooks:write", reach: "tenant", run: createWebhook },
  "webhook.list": { type: "read", permission: "webhooks:read", reach: "tenant", run: listWebhooks },
  "webhook.get": { type: "read", permission: "webhooks:read", reach: "tenant", run: getWebhook },
  "webhook.update": { type: "write", permission: "webhooks:write", reach: "tenant", run: updateWebhook },
  "webhook.rotate": { type: "write", permission: "webhooks:write", reach: "tenant", run: rotateWebhook },
  "webhook.delete": { type: "write", permission: "webhooks:write", reach: "tenant", run: deleteWebhook },
  "provider.create": { type: "write", permission: "providers:write", reach: "tenant", run: createProvider },
  "provider.list": { type: "read", permission: "providers:read", reach: "tenant", run: listProviders },
  "provider.get": { type: "read", permission: "providers:read", reach: "tenant", run: getProvider },
  "provider.open": { type: "read", permission: "providers:write", reach: "tenant", run: openProvider },
  "provider.update": { type: "write", permission: "providers:write", reach: "tenant", run: updateProvider },
  "provider.delete": { type: "write", permission: "providers:write", reach: "tenant", run: deleteProvider },
  "data-key.list": { type: "read", permission: "providers:write", reach: "tenant", run: listDataKeys },
  "data-key.rewrap": { type: "write", permission: "providers:write", reach: "tenant", run: rewrapDataKey },
};
