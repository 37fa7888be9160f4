import type { Command } from "commander";
import { createDeploymentKey } from "../../../src/api/keys/deployment-key.ts";
import { digestOf } from "../../../src/api/keys/format.ts";
import { date } from "../output.ts";
import type { Desk } from "../program.ts";

const randomBytes = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));

export function addTenants(program: Command, desk: Desk): void {
  program
    .command("credential")
    .description("make what a deployment needs to be administered; asks no service")
    .action(async () => {
      const { text } = createDeploymentKey(randomBytes);
      desk.show({
        admin_key: text,
        ADMIN_KEY_DIGEST: await digestOf(text),
        WEBHOOK_SIGNING_KEY: Buffer.from(randomBytes(32)).toString("base64"),
      });
    });
  program
    .command("bootstrap")
    .description("make a tenant and its first management key, with the deployment's credential")
    .requiredOption("--name <name>", "what people call it")
    .option("--id <id>", "a-z, 0-9, _ and -; drawn where left out")
    .action(async ({ name, id }: { name: string; id?: string }) => {
      const body = { name, ...(id !== undefined && { id }) };
      const { management_key, ...tenant } = await desk.ask({
        method: "POST",
        path: "/tenants",
        body,
        isOperator: true,
      });
      desk.show({ ...tenant, management_key_id: management_key.id, management_key: management_key.key });
    });
  program
    .command("recover <tenant>")
    .description("make another management key of a tenant, with the deployment's credential")
    .option("--name <name>", "of the key", "recovered")
    .action(async (tenant: string, { name }: { name: string }) => {
      const path = `/tenants/${encodeURIComponent(tenant)}/keys`;
      desk.show(await desk.ask({ method: "POST", path, body: { name }, isOperator: true }));
    });
  const tenants = program.command("tenants").description("all tenants, with the deployment's credential");
  tenants.command("list").action(() =>
    desk.list({ method: "GET", path: "/tenants", isOperator: true }, [
      ["id", ({ id }) => id],
      ["name", ({ name }) => name],
      ["created", ({ created_at }) => date(created_at)],
    ]),
  );
  program
    .command("tenant")
    .description("your own tenant")
    .option("--rename <name>")
    .action(async ({ rename }: { rename?: string }) => {
      const path = "/tenant";
      if (rename === undefined) desk.show(await desk.ask({ method: "GET", path }));
      else desk.show(await desk.ask({ method: "POST", path, body: { name: rename } }));
    });
}
