import { type Command, InvalidArgumentError, Option } from "commander";
import { date } from "../output.ts";
import type { Desk } from "../program.ts";

interface NewKeyOptions {
  readonly kind: string;
  readonly project?: string;
  readonly scopes?: string;
  readonly models?: string;
  readonly methods?: string;
  readonly expires?: number;
}

export function addKeys(program: Command, desk: Desk): void {
  const keys = program.command("keys").description("keys: an inference key searches, a management key administers");
  keys
    .command("list")
    .option("--project <id>", "of that project alone")
    .action(({ project }: { project?: string }) =>
      desk.list({ method: "GET", path: "/keys", query: { project_id: project } }, [
        ["id", ({ id }) => id],
        ["name", ({ name }) => name],
        ["kind", ({ kind }) => kind],
        ["status", ({ status }) => status],
        ["project", ({ project_id }) => project_id],
        ["ends in", ({ last_four }) => last_four],
        ["created", ({ created_at }) => date(created_at)],
        ["expires", ({ expires_at }) => date(expires_at)],
      ]),
    );
  keys
    .command("create <name>")
    .description("shows the key, this once")
    .addOption(new Option("--kind <kind>").choices(["inference", "management", "test"]).default("inference"))
    .option("--project <id>", "bound to that project")
    .option("--scopes <list>", "with commas; a management key must be told its own")
    .option("--models <list>", "no other models")
    .option("--methods <list>", "no other methods")
    .option("--expires <date>", "as 2027-01-31, or with a time", toSeconds)
    .action(async (name: string, { kind, project, scopes, models, methods, expires }: NewKeyOptions) => {
      const allowed = {
        ...(models !== undefined && { models: models.split(",") }),
        ...(methods !== undefined && { methods: methods.split(",") }),
      };
      const body = {
        name,
        kind,
        allowed,
        ...(project !== undefined && { project_id: project }),
        ...(scopes !== undefined && { scopes: scopes.split(",") }),
        ...(expires !== undefined && { expires_at: expires }),
      };
      desk.show(await desk.ask({ method: "POST", path: "/keys", body }));
    });
  keys.command("show <id>").action(async (id: string) => desk.show(await desk.ask({ method: "GET", path: at(id) })));
  for (const [name, disabled] of [
    ["disable", true],
    ["enable", false],
  ] as const) {
    keys.command(`${name} <id>`).action(async (id: string) => {
      desk.show(await desk.ask({ method: "POST", path: at(id), body: { disabled } }));
    });
  }
  keys
    .command("rotate <id>")
    .description("shows the successor, this once")
    .option("--grace <seconds>", "for which the old key still works (86400)", toInteger)
    .action(async (id: string, { grace }: { grace?: number }) => {
      const body = grace === undefined ? {} : { grace_seconds: grace };
      desk.show(await desk.ask({ method: "POST", path: `${at(id)}/rotate`, body }));
    });
  keys
    .command("revoke <id>")
    .description("at once and for good")
    .action(async (id: string) => desk.show(await desk.ask({ method: "POST", path: `${at(id)}/revoke` })));
}

function at(id: string): string {
  return `/keys/${encodeURIComponent(id)}`;
}

/** A date as Unix seconds. */
export function toSeconds(text: string): number {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new InvalidArgumentError("expected a date, as 2027-01-31 or 2027-01-31T12:00Z");
  return Math.floor(ms / 1000);
}

export function toInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError("expected an integer of 0 or more");
  return value;
}
