import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { type Json, Refusal } from "../connection.ts";
import { date } from "../output.ts";
import type { Desk } from "../program.ts";

/** Credentials come from the environment or a file: a command line is kept in histories and shown in process lists. */
export function addProviders(program: Command, desk: Desk, environment: NodeJS.ProcessEnv): void {
  const providers = program.command("providers").description("providers that a tenant brings itself");
  providers.command("list").action(() =>
    desk.list({ method: "GET", path: "/providers" }, [
      ["id", ({ id }) => id],
      ["name", ({ name }) => name],
      ["base URL", ({ baseUrl }) => baseUrl],
      ["models", ({ models }) => models.map((model: Json) => model.id).join(", ")],
      ["key", ({ credential }) => (credential === null ? "-" : `...${credential.last_four ?? ""}`)],
      ["decryptable", ({ credential }) => credential?.decryptable ?? null],
      ["changed", ({ updated_at }) => date(updated_at)],
    ]),
  );
  providers
    .command("create <file>")
    .description("from a JSON file with one entry as PROVIDERS has it; its key may be in ESPALIER_PROVIDER_KEY")
    .action(async (file: string) => {
      const entry = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
      const apiKey = environment.ESPALIER_PROVIDER_KEY;
      const body = { ...entry, ...(apiKey !== undefined && { apiKey }) };
      desk.show(await desk.ask({ method: "POST", path: "/providers", body }));
    });
  providers
    .command("set-key <id>")
    .description("replaces the key by the one in ESPALIER_PROVIDER_KEY")
    .action(async (id: string) => {
      const apiKey = environment.ESPALIER_PROVIDER_KEY;
      if (apiKey === undefined || apiKey === "") throw new Refusal("ESPALIER_PROVIDER_KEY holds no key.");
      desk.show(await desk.ask({ method: "POST", path: at(id), body: { apiKey } }));
    });
  providers
    .command("test <id>")
    .description("asks it once, really")
    .option("--model <id>", "one of its models; the first where left out")
    .action(async (id: string, body: { model?: string }) => {
      desk.show(await desk.ask({ method: "POST", path: `${at(id)}/test`, body }));
    });
  providers.command("delete <id>").action(async (id: string) => {
    desk.show(await desk.ask({ method: "DELETE", path: at(id) }));
  });

  const masterKeys = program
    .command("master-keys")
    .description("what tenants' credentials are sealed under, with the deployment's credential");
  masterKeys
    .command("audit")
    .description("opens every tenant's data keys, and says which master keys are still needed")
    .action(() => overAll(desk, (after) => ({ method: "GET", path: "/credential_keys", query: { after } })));
  masterKeys
    .command("rotate")
    .description("seals every data key with the current master key; may be repeated at any time")
    .action(() =>
      overAll(desk, (after) => ({
        method: "POST",
        path: "/credential_keys/rotate",
        body: after === undefined ? {} : { after },
      })),
    );
}

/** All tenants, some at a time; what is shown is the sum. Nothing may be removed that one part still needs. */
async function overAll(desk: Desk, wanted: (after: string | undefined) => Parameters<Desk["ask"]>[0]): Promise<void> {
  let sum: Json = null;
  let after: string | undefined;
  do {
    const part = await desk.ask({ ...wanted(after), isOperator: true });
    sum = sum === null ? part : addParts(sum, part);
    after = part.next_after ?? undefined;
  } while (after !== undefined);
  const removable = sum.configured.filter((id: string) => id !== sum.current && sum.by_key[id] === undefined);
  desk.show({ ...sum, next_after: null, removable });
  if (sum.undecryptable > 0) throw new Refusal(`${sum.undecryptable} data keys open with no configured master key.`);
}

function addParts(a: Json, b: Json): Json {
  const byKey = { ...a.by_key };
  for (const [id, count] of Object.entries<number>(b.by_key)) byKey[id] = (byKey[id] ?? 0) + count;
  const sums = Object.fromEntries(
    ["tenants", "up_to_date", "remaining", "undecryptable"].map((name) => [name, a[name] + b[name]]),
  );
  return { ...a, ...sums, by_key: byKey };
}

function at(id: string): string {
  return `/providers/${encodeURIComponent(id)}`;
}
