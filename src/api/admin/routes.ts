import type { Route } from "../routes.ts";
import { listAudit, verifyAudit } from "./audit.ts";
import { createBudget, deleteBudget, getBudget, listBudgets, topUpBudget, updateBudget } from "./budgets.ts";
import { auditCredentialKeys, rotateCredentialKeys } from "./credential-keys.ts";
import { createAdminKey, getAdminKey, listAdminKeys, revokeAdminKey, rotateAdminKey, updateAdminKey } from "./keys.ts";
import { clearLimits, getLimits, listLimits, updateLimits } from "./limits.ts";
import { createPrice, deletePrice, listPrices } from "./prices.ts";
import { archiveProject, createProject, getProject, listProjects, updateProject } from "./projects.ts";
import { createProvider, deleteProvider, getProvider, listProviders, updateProvider } from "./providers/routes.ts";
import { testProvider } from "./providers/test-call.ts";
import { createFirstKey, createTenant, getAnyTenant, getTenant, listAllTenants, updateTenant } from "./tenants.ts";
import { getUsage } from "./usage.ts";
import { createWebhook, deleteWebhook, getWebhook, listWebhooks, rotateWebhook, updateWebhook } from "./webhooks.ts";

/**
 * The control plane: management keys of a tenant administer that tenant, the deployment's credential makes tenants. The
 * scope here is the permission of the operation that the handler has done, which the tenant's object demands again.
 */
export const ADMIN_ROUTES: readonly Route[] = [
  { method: "POST", path: "/admin/tenants", handler: createTenant, scope: "deployment" },
  { method: "GET", path: "/admin/tenants", handler: listAllTenants, scope: "deployment" },
  { method: "GET", path: "/admin/tenants/:id", handler: getAnyTenant, scope: "deployment" },
  { method: "POST", path: "/admin/tenants/:id/keys", handler: createFirstKey, scope: "deployment" },
  { method: "GET", path: "/admin/tenant", handler: getTenant, scope: "tenants:read" },
  { method: "POST", path: "/admin/tenant", handler: updateTenant, scope: "tenants:write" },
  { method: "POST", path: "/admin/projects", handler: createProject, scope: "projects:write" },
  { method: "GET", path: "/admin/projects", handler: listProjects, scope: "projects:read" },
  { method: "GET", path: "/admin/projects/:id", handler: getProject, scope: "projects:read" },
  { method: "POST", path: "/admin/projects/:id", handler: updateProject, scope: "projects:write" },
  { method: "DELETE", path: "/admin/projects/:id", handler: archiveProject, scope: "projects:write" },
  { method: "POST", path: "/admin/keys", handler: createAdminKey, scope: "keys:write" },
  { method: "GET", path: "/admin/keys", handler: listAdminKeys, scope: "keys:read" },
  { method: "GET", path: "/admin/keys/:id", handler: getAdminKey, scope: "keys:read" },
  { method: "POST", path: "/admin/keys/:id", handler: updateAdminKey, scope: "keys:write" },
  { method: "POST", path: "/admin/keys/:id/rotate", handler: rotateAdminKey, scope: "keys:write" },
  { method: "POST", path: "/admin/keys/:id/revoke", handler: revokeAdminKey, scope: "keys:write" },
  { method: "DELETE", path: "/admin/keys/:id", handler: revokeAdminKey, scope: "keys:write" },
  { method: "POST", path: "/admin/budgets", handler: createBudget, scope: "budgets:write" },
  { method: "GET", path: "/admin/budgets", handler: listBudgets, scope: "budgets:read" },
  { method: "GET", path: "/admin/budgets/:id", handler: getBudget, scope: "budgets:read" },
  { method: "POST", path: "/admin/budgets/:id", handler: updateBudget, scope: "budgets:write" },
  { method: "DELETE", path: "/admin/budgets/:id", handler: deleteBudget, scope: "budgets:write" },
  { method: "POST", path: "/admin/budgets/:id/top_ups", handler: topUpBudget, scope: "budgets:write" },
  { method: "GET", path: "/admin/limits", handler: listLimits, scope: "budgets:read" },
  { method: "GET", path: "/admin/limits/:scope", handler: getLimits, scope: "budgets:read" },
  { method: "POST", path: "/admin/limits/:scope", handler: updateLimits, scope: "budgets:write" },
  { method: "DELETE", path: "/admin/limits/:scope", handler: clearLimits, scope: "budgets:write" },
  { method: "POST", path: "/admin/prices", handler: createPrice, scope: "prices:write" },
  { method: "GET", path: "/admin/prices", handler: listPrices, scope: "prices:read" },
  { method: "DELETE", path: "/admin/prices/:id", handler: deletePrice, scope: "prices:write" },
  { method: "GET", path: "/admin/usage", handler: getUsage, scope: "usage:read" },
  { method: "GET", path: "/admin/audit", handler: listAudit, scope: "audit:read" },
  { method: "POST", path: "/admin/audit/verify", handler: verifyAudit, scope: "audit:read" },
  { method: "POST", path: "/admin/webhooks", handler: createWebhook, scope: "webhooks:write" },
  { method: "GET", path: "/admin/webhooks", handler: listWebhooks, scope: "webhooks:read" },
  { method: "GET", path: "/admin/webhooks/:id", handler: getWebhook, scope: "webhooks:read" },
  { method: "POST", path: "/admin/webhooks/:id", handler: updateWebhook, scope: "webhooks:write" },
  { method: "POST", path: "/admin/webhooks/:id/rotate", handler: rotateWebhook, scope: "webhooks:write" },
  { method: "DELETE", path: "/admin/webhooks/:id", handler: deleteWebhook, scope: "webhooks:write" },
  { method: "POST", path: "/admin/providers", handler: createProvider, scope: "providers:write" },
  { method: "GET", path: "/admin/providers", handler: listProviders, scope: "providers:read" },
  { method: "GET", path: "/admin/providers/:id", handler: getProvider, scope: "providers:read" },
  { method: "POST", path: "/admin/providers/:id", handler: updateProvider, scope: "providers:write" },
  { method: "DELETE", path: "/admin/providers/:id", handler: deleteProvider, scope: "providers:write" },
  { method: "POST", path: "/admin/providers/:id/test", handler: testProvider, scope: "providers:write" },
  { method: "GET", path: "/admin/credential_keys", handler: auditCredentialKeys, scope: "deployment" },
  { method: "POST", path: "/admin/credential_keys/rotate", handler: rotateCredentialKeys, scope: "deployment" },
];
