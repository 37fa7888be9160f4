import { parseArgs } from "node:util";
import { FAULT_NAMES } from "./faults.ts";
import { createProvider } from "./server.ts";
import { type Distribution, type SettingsInput, settingsSchema } from "./settings.ts";

const USAGE = `npm run bench -- provider [options]
  --port N              any free one where left out
  --headers D           before the headers; D is milliseconds, or "lognormal:MEDIAN_MS:SIGMA"
  --first-token D       from there to the first token
  --per-token D         between two tokens
  --stragglers S:F      a share S of the calls takes F times as long
  --fault NAME          every call; NAME=0.1: a share of them; NAME@1,3: these calls; may be repeated
  --header-slots N      connections that may wait for headers at once
  --seed N              of all that is drawn
  --settings JSON       everything at once, instead of the above (bench/provider/settings.ts)
faults: ${FAULT_NAMES.join(", ")}`;

/**
 * The scripted provider alone, as `npm run bench -- provider --port 8791 --first-token 100 --fault body-stall=0.1`. Prints
 * its address and serves until it is ended; where it is given all its settings at once it is another program's, and ends
 * when its standard input does.
 */
export async function provider(args: readonly string[]): Promise<void> {
  const values = flagsOf(args);
  if (values.help) return console.log(USAGE);
  const given = values.settings === undefined ? settingsOfFlags(values) : JSON.parse(values.settings);
  const parsed = settingsSchema.safeParse(given);
  if (!parsed.success) {
    console.error(`${parsed.error.message}\n${USAGE}`);
    process.exit(2);
  }
  console.log((await createProvider(parsed.data, Number(values.port))).url);
  if (values.settings !== undefined) process.stdin.resume().on("end", () => process.exit(0));
  await new Promise(() => {});
}

type Flags = ReturnType<typeof flagsOf>;

function flagsOf(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: "string", default: "0" },
      headers: { type: "string" },
      "first-token": { type: "string" },
      "per-token": { type: "string" },
      stragglers: { type: "string" },
      fault: { type: "string", multiple: true, default: [] },
      "header-slots": { type: "string" },
      seed: { type: "string", default: "0" },
      settings: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  return values;
}

function settingsOfFlags(values: Flags): SettingsInput {
  const [share, factor] = (values.stragglers ?? "0:1").split(":").map(Number);
  const slots = values["header-slots"];
  return {
    seed: Number(values.seed),
    latency: {
      ...(values.headers !== undefined && { headers: distributionOf(values.headers) }),
      ...(values["first-token"] !== undefined && { firstToken: distributionOf(values["first-token"]) }),
      ...(values["per-token"] !== undefined && { perToken: distributionOf(values["per-token"]) }),
    },
    stragglers: { share: share ?? 0, factor: factor ?? 1 },
    // An unknown name is told by the schema.
    faults: values.fault.map((text) => {
      const [, fault = "", separator, rest = ""] = /^([^=@]+)([=@])?(.*)$/.exec(text) ?? [];
      return {
        fault: fault as (typeof FAULT_NAMES)[number],
        ...(separator === "=" && { share: Number(rest) }),
        ...(separator === "@" && { calls: rest.split(",").map(Number) }),
      };
    }),
    headerSlots: slots === undefined ? null : Number(slots),
  };
}

function distributionOf(text: string): Distribution {
  const [name, median, sigma] = text.split(":");
  if (name === "lognormal") return { type: "lognormal", medianMs: Number(median), sigma: Number(sigma) };
  return { type: "constant", ms: Number(text) };
}
