import { Command } from "commander";
import { addAudit } from "./commands/audit.ts";
import { addBudgets } from "./commands/budgets.ts";
import { addKeys } from "./commands/keys.ts";
import { addLimits } from "./commands/limits.ts";
import { addPrices } from "./commands/prices.ts";
import { addProjects } from "./commands/projects.ts";
import { addProviders } from "./commands/providers.ts";
import { addTenants } from "./commands/tenants.ts";
import { addUsage } from "./commands/usage.ts";
import { addWebhooks } from "./commands/webhooks.ts";
import { type Ask, ask, type Connection, type ConnectionOptions, connectionOf, type Json } from "./connection.ts";
import { type Column, type Print, printFields, printTable } from "./output.ts";

/** What a command has at hand. */
export interface Desk {
  readonly print: Print;
  connection(): Connection;
  ask(wanted: Ask): Promise<Json>;
  /** As JSON where that is asked for. */
  show(thing: Json): void;
  /** All pages of a list, as one table. */
  list(wanted: Ask, columns: readonly Column[]): Promise<void>;
}

export function createProgram(environment: NodeJS.ProcessEnv, print: Print): Command {
  const program = new Command("espalier")
    .description("Administers a tenant of Espalier: keys, projects, budgets, limits, prices, usage, audit, webhooks.")
    .option("--url <url>", "of the service (ESPALIER_URL; http://127.0.0.1:8787)")
    .option("--key <key>", "a management key (ESPALIER_MANAGEMENT_KEY; what npm start has left)")
    .option("--admin-key <key>", "the deployment's credential (ESPALIER_ADMIN_KEY; what npm start has left)")
    .option("--state <dir>", "where npm start keeps its keys (.espalier/state)")
    .option("--json", "answers as the API gives them")
    .exitOverride()
    .showHelpAfterError();
  const options = () => program.opts<ConnectionOptions & { json?: boolean }>();
  const connection = () => connectionOf(options(), environment);
  const desk: Desk = {
    print,
    connection,
    ask: (wanted) => ask(connection(), wanted),
    show: (thing) => (options().json ? print(JSON.stringify(thing, null, 2)) : printFields(print, thing)),
    list: async (wanted, columns) => {
      const rows: Json[] = [];
      let page: Json;
      do {
        const after = rows.length === 0 ? undefined : (page.next ?? page.last_id);
        page = await ask(connection(), { ...wanted, query: { ...wanted.query, after } });
        rows.push(...page.data);
      } while (page.has_more === true);
      if (options().json) print(JSON.stringify(rows, null, 2));
      else printTable(print, columns, rows);
    },
  };
  for (const add of COMMANDS) add(program, desk);
  addProviders(program, desk, environment);
  return program;
}

const COMMANDS: readonly ((program: Command, desk: Desk) => void)[] = [
  addTenants,
  addProjects,
  addKeys,
  addBudgets,
  addLimits,
  addPrices,
  addUsage,
  addAudit,
  addWebhooks,
];
