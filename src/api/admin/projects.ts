import { z } from "zod";
import type { Project } from "../../../durable-objects/tenant/administration/protocol.ts";
import type { Result } from "../../core/result.ts";
import { type AppContext, respondWithError } from "../context.ts";
import type { ApiError } from "../errors.ts";
import { pageOf, parsePageQuery } from "../paging.ts";
import { administer } from "./administer.ts";
import { readBody } from "./body.ts";
import { createId, idField, msToSeconds, msToSecondsOrNull, nameField } from "./fields.ts";

export const projectCreateSchema = z.strictObject({ id: idField.optional(), name: nameField });
export const projectUpdateSchema = z.strictObject({ name: nameField });

export const projectSchema = z.object({
  object: z.literal("project"),
  id: z.string(),
  name: z.string(),
  created_at: z.number(),
  archived_at: z.number().nullable(),
});

/** POST /v1/admin/projects. */
export async function createProject(context: AppContext): Promise<Response> {
  const body = await readBody(context, projectCreateSchema);
  if (!body.ok) return respondWithError(context, body.error);
  const { id = createId("proj"), name } = body.value;
  return respond(context, await administer(context, "project.create", { projectId: id, name }));
}

/** GET /v1/admin/projects. */
export async function listProjects(context: AppContext): Promise<Response> {
  const query = parsePageQuery((name) => context.req.query(name), "asc");
  if (!query.ok) return respondWithError(context, query.error);
  const listed = await administer(context, "project.list", {});
  if (!listed.ok) return respondWithError(context, listed.error);
  const page = pageOf(listed.value.map(projectToWire), query.value);
  return page.ok ? context.json(page.value) : respondWithError(context, page.error);
}

/** GET /v1/admin/projects/{id}. */
export async function getProject(context: AppContext): Promise<Response> {
  return respond(context, await administer(context, "project.get", { projectId: askedId(context) }));
}

/** POST /v1/admin/projects/{id}: its name. */
export async function updateProject(context: AppContext): Promise<Response> {
  const body = await readBody(context, projectUpdateSchema);
  if (!body.ok) return respondWithError(context, body.error);
  const input = { projectId: askedId(context), name: body.value.name };
  return respond(context, await administer(context, "project.update", input));
}

/** DELETE /v1/admin/projects/{id}: archives it and revokes all of its keys, at once and for good. */
export async function archiveProject(context: AppContext): Promise<Response> {
  return respond(context, await administer(context, "project.archive", { projectId: askedId(context) }));
}

function respond(context: AppContext, done: Result<Project, ApiError>): Response {
  return done.ok ? context.json(projectToWire(done.value)) : respondWithError(context, done.error);
}

function projectToWire({ projectId, name, createdAtMs, archivedAtMs }: Project) {
  return {
    object: "project",
    id: projectId,
    name,
    created_at: msToSeconds(createdAtMs),
    archived_at: msToSecondsOrNull(archivedAtMs),
  } satisfies z.output<typeof projectSchema>;
}

function askedId(context: AppContext): string {
  return context.req.param("id") ?? "";
}
