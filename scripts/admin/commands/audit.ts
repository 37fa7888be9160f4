import type { Command } from "commander";
import type { Desk } from "../program.ts";

export function addAudit(program: Command, desk: Desk): void {
  const audit = program.command("audit").description("every change by an administrator");
  audit.command("list").action(() =>
    desk.list({ method: "GET", path: "/audit" }, [
      ["#", ({ id }) => id],
      ["at", ({ at_ms }) => new Date(at_ms).toISOString()],
      ["actor", ({ actor }) => actor],
      ["action", ({ action }) => action],
      ["target", ({ target }) => target],
    ]),
  );
  audit
    .command("verify")
    .description("checks the whole chain; with an entry that you have kept, also that nobody made it anew")
    .option("--known <id:hash>", "as an earlier verify said it")
    .action(async ({ known }: { known?: string }) => {
      const [id = "", hash = ""] = known?.split(":") ?? [];
      const body = known === undefined ? {} : { known: { id, hash } };
      const verdict = await desk.ask({ method: "POST", path: "/audit/verify", body });
      desk.show(verdict);
      if (!verdict.intact) process.exitCode = 1;
    });
}
