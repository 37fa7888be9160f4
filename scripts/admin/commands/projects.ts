import type { Command } from "commander";
import { date } from "../output.ts";
import type { Desk } from "../program.ts";

export function addProjects(program: Command, desk: Desk): void {
  const projects = program.command("projects").description("parts of a tenant, each with keys and budgets of its own");
  projects.command("list").action(() =>
    desk.list({ method: "GET", path: "/projects" }, [
      ["id", ({ id }) => id],
      ["name", ({ name }) => name],
      ["created", ({ created_at }) => date(created_at)],
      ["archived", ({ archived_at }) => date(archived_at)],
    ]),
  );
  projects
    .command("create <name>")
    .option("--id <id>", "a-z, 0-9, _ and -; drawn where left out")
    .action(async (name: string, { id }: { id?: string }) => {
      desk.show(await desk.ask({ method: "POST", path: "/projects", body: { name, ...(id !== undefined && { id }) } }));
    });
  projects
    .command("archive <id>")
    .description("for good; revokes all of its keys at once")
    .action(async (id: string) => {
      desk.show(await desk.ask({ method: "DELETE", path: `/projects/${encodeURIComponent(id)}` }));
    });
}
