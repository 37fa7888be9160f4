import { fail, succeed } from "../../../src/core/result.ts";
import type { Desk, Outcome, Written } from "./operation.ts";
import type { Input, Project } from "./protocol.ts";

export function createProject(desk: Desk, input: Input<"project.create">): Outcome<Written<Project>> {
  const { projectId, name } = input;
  if (desk.projects.get(projectId) !== null) {
    return fail({ type: "conflict", code: "project_exists", message: `There is a project '${projectId}' already.` });
  }
  const project = { projectId, name, createdAtMs: desk.nowMs, archivedAtMs: null };
  desk.projects.put(projectId, project);
  return succeed({ output: project, target: projectId, detail: { name } });
}

/** Those that the actor may see: a key that is bound to a project sees no other. */
export function listProjects({ projects, actor }: Desk): Outcome<readonly Project[]> {
  return succeed(projects.all().filter(({ projectId }) => actor.projectId === null || actor.projectId === projectId));
}

export function getProject(desk: Desk, { projectId }: Input<"project.get">): Outcome<Project> {
  return projectOf(desk, projectId);
}

export function updateProject(desk: Desk, input: Input<"project.update">): Outcome<Written<Project>> {
  const { projectId, name } = input;
  const known = projectOf(desk, projectId);
  if (!known.ok) return known;
  const project = { ...known.value, name };
  desk.projects.put(projectId, project);
  return succeed({ output: project, target: projectId, detail: { name } });
}

/** For good: its keys are revoked and it gets no more. Archiving it again revokes nothing and changes no date. */
export function archiveProject(desk: Desk, { projectId }: Input<"project.archive">): Outcome<Written<Project>> {
  const known = projectOf(desk, projectId);
  if (!known.ok) return known;
  const project = { ...known.value, archivedAtMs: known.value.archivedAtMs ?? desk.nowMs };
  desk.projects.put(projectId, project);
  const keys = desk.keys.all().flatMap(({ key }) => {
    return key.projectId === projectId && key.revokedAtMs === null ? [key] : [];
  });
  for (const key of keys) desk.keys.change({ ...key, revokedAtMs: desk.nowMs });
  const revoked = keys.map(({ keyId }) => keyId);
  return succeed({ output: project, target: projectId, detail: { revoked } });
}

export function projectOf({ projects, actor }: Desk, projectId: string): Outcome<Project> {
  const isVisible = actor.projectId === null || actor.projectId === projectId;
  const project = isVisible ? projects.get(projectId) : null;
  return project === null ? fail({ type: "not-found", thing: "project", id: projectId }) : succeed(project);
}
