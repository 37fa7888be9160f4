import type { Command } from "commander";
import { date } from "../output.ts";
import type { Desk } from "../program.ts";

export function addWebhooks(program: Command, desk: Desk): void {
  const webhooks = program.command("webhooks").description("who is told of budgets that fill and searches that end");
  webhooks.command("list").action(() =>
    desk.list({ method: "GET", path: "/webhooks" }, [
      ["id", ({ id }) => id],
      ["url", ({ url }) => url],
      ["events", ({ events }) => events.join(", ")],
      ["disabled", ({ disabled }) => disabled],
      ["created", ({ created_at }) => date(created_at)],
    ]),
  );
  webhooks
    .command("create <url>")
    .description("shows the secret, this once")
    .option("--events <list>", "with commas", "budget.threshold_reached,lease.uncertain,search.ended")
    .action(async (url: string, { events }: { events: string }) => {
      desk.show(await desk.ask({ method: "POST", path: "/webhooks", body: { url, events: events.split(",") } }));
    });
  webhooks
    .command("rotate <id>")
    .description("shows the new secret, this once; for a day both sign")
    .action(async (id: string) => desk.show(await desk.ask({ method: "POST", path: `${at(id)}/rotate` })));
  webhooks.command("delete <id>").action(async (id: string) => {
    desk.show(await desk.ask({ method: "DELETE", path: at(id) }));
  });
}

function at(id: string): string {
  return `/webhooks/${encodeURIComponent(id)}`;
}
