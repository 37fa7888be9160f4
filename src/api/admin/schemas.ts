import { z } from "zod";
import { type JsonSchema, toJsonSchema } from "../openapi/schema.ts";
import { auditEntrySchema, auditVerdictSchema, auditVerifySchema } from "./audit.ts";
import { budgetCreateSchema, budgetSchema, budgetUpdateSchema, topUpSchema } from "./budgets.ts";
import { keyRotationSchema, keyStandingSchema } from "./credential-keys.ts";
import { keyCreateSchema, keyRotateSchema, keySchema, keyUpdateSchema, newKeySchema } from "./keys.ts";
import { limitsSchema, limitsUpdateSchema } from "./limits.ts";
import { priceCreateSchema, priceSchema } from "./prices.ts";
import { projectCreateSchema, projectSchema, projectUpdateSchema } from "./projects.ts";
import {
  providerCreateSchema,
  providerSchema,
  providerTestAnswerSchema,
  providerTestSchema,
  providerUpdateSchema,
} from "./providers/schema.ts";
import { firstKeySchema, newTenantSchema, tenantCreateSchema, tenantSchema, tenantUpdateSchema } from "./tenants.ts";
import { usageSchema } from "./usage.ts";
import { newWebhookSchema, webhookCreateSchema, webhookSchema, webhookUpdateSchema } from "./webhooks.ts";

const pageOf = (items: z.ZodType) =>
  z.object({
    object: z.literal("list"),
    data: z.array(items),
    first_id: z.string(),
    last_id: z.string(),
    has_more: z.boolean(),
  });

const listOf = (items: z.ZodType) => z.object({ object: z.literal("list"), data: z.array(items) });

const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  TenantCreate: tenantCreateSchema,
  TenantUpdate: tenantUpdateSchema,
  FirstKeyCreate: firstKeySchema,
  Tenant: tenantSchema,
  NewTenant: newTenantSchema,
  TenantList: pageOf(tenantSchema),
  ProjectCreate: projectCreateSchema,
  ProjectUpdate: projectUpdateSchema,
  Project: projectSchema,
  ProjectList: pageOf(projectSchema),
  KeyCreate: keyCreateSchema,
  KeyUpdate: keyUpdateSchema,
  KeyRotate: keyRotateSchema,
  Key: keySchema,
  NewKey: newKeySchema,
  KeyList: pageOf(keySchema),
  BudgetCreate: budgetCreateSchema,
  BudgetUpdate: budgetUpdateSchema,
  TopUp: topUpSchema,
  Budget: budgetSchema,
  BudgetList: pageOf(budgetSchema),
  LimitsUpdate: limitsUpdateSchema,
  Limits: limitsSchema,
  LimitsList: listOf(limitsSchema),
  PriceCreate: priceCreateSchema,
  Price: priceSchema,
  PriceList: pageOf(priceSchema),
  UsageList: usageSchema,
  AuditVerify: auditVerifySchema,
  AuditVerdict: auditVerdictSchema,
  AuditList: pageOf(auditEntrySchema),
  WebhookCreate: webhookCreateSchema,
  WebhookUpdate: webhookUpdateSchema,
  Webhook: webhookSchema,
  NewWebhook: newWebhookSchema,
  WebhookList: listOf(webhookSchema),
  ProviderCreate: providerCreateSchema,
  ProviderUpdate: providerUpdateSchema,
  Provider: providerSchema,
  ProviderList: listOf(providerSchema),
  ProviderTest: providerTestSchema,
  ProviderTestAnswer: providerTestAnswerSchema,
  KeyRotation: keyRotationSchema,
  CredentialKeys: keyStandingSchema,
  Deleted: z.object({ object: z.string(), id: z.string(), deleted: z.literal(true) }),
};

/** Bodies and answers of the admin API, from the schemas that validate the ones and type the others. */
export function adminSchemas(): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(SCHEMAS).map(([name, schema]) => [name, toJsonSchema(schema)]));
}
