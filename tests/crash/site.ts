import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ProviderProcess, scriptedProvider } from "../../bench/provider/process.ts";
import { type BareService, startBareService } from "../../bench/workerd/service.ts";
import { type Bundle, buildBundle } from "../../scripts/local/bundle.ts";
import type { ProviderConfig } from "../../src/providers/config.ts";
import { type CutPoint, PASSES_VARIABLE, POINT_VARIABLE, SEEN, STOPPED, withCutPoints } from "./cut-points.ts";
import type { Life } from "./evidence.ts";
import type { Death } from "./kill-plan.ts";

/** The place where the service runs, one life after the other, on the same disk. */
export interface Site {
  readonly directory: string;
  readonly points: readonly CutPoint[];
  readonly lives: readonly Life[];
  /** Numbers of the cut points that some life came to. */
  readonly seen: ReadonlySet<number>;
  /** What the service has printed of runs that threw: bugs of ours. */
  readonly failedRuns: readonly string[];
  /** Null while no process runs. */
  service(): BareService | null;
  /** Begins the next life; calls back if it stops at its cut point. */
  start(death: Death | null, onStop?: () => void): Promise<BareService>;
  /** Kills the process that is running, if any, with -9. */
  kill(): Promise<void>;
  /** Kills, and removes the disk. */
  close(): Promise<void>;
}

/** In microdollars per million tokens: whole microdollars for any number of tokens. */
const PRICE = { promptMicrodollarsPerMillion: 1_000_000, completionMicrodollarsPerMillion: 3_000_000 };

/**
 * A process that is killed takes nothing along that it had given to the kernel, so the disk may be memory: a disk whose
 * every commit waits for others' writes would measure them.
 */
const DISK = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

export async function createSite(provider: ProviderProcess): Promise<Site> {
  const directory = mkdtempSync(join(DISK, "espalier-crash-"));
  const { bundle, points } = await buildCutBundle(join(directory, "bundle"));
  const lives: Life[] = [];
  const seen = new Set<number>();
  const failedRuns: string[] = [];
  let service: BareService | null = null;

  const start: Site["start"] = async (death, onStop) => {
    const said: string[] = [];
    service = await startBareService({
      directory,
      bundle,
      providers: [priced(scriptedProvider(provider.url))],
      variables: {
        // Without outlets every call says which search made it.
        FAN_OUT: '{"outlets":0,"tagged":true}',
        [POINT_VARIABLE]: String(death?.type === "cut-point" ? death.point : -1),
        [PASSES_VARIABLE]: String(death?.type === "cut-point" ? death.passes : 0),
      },
      onLine: (line) => {
        if (line.startsWith(SEEN)) seen.add(Number(line.slice(SEEN.length)));
        if (line.startsWith(STOPPED)) onStop?.();
        said.push(line);
        if (line.includes("a run failed")) failedRuns.push(line);
      },
    }).catch((error: unknown) => {
      throw new Error(`life ${lives.length + 1} did not begin:\n${said.join("\n")}`, { cause: error });
    });
    lives.push({ fromMs: Date.now(), toMs: null });
    return service;
  };
  const kill = async (): Promise<void> => {
    if (service === null) return;
    const killed = service;
    service = null;
    process.kill(killed.processId, "SIGKILL");
    lives.push({ fromMs: lives.pop()?.fromMs ?? 0, toMs: Date.now() });
    await killed.close();
  };
  return {
    directory,
    points,
    lives,
    seen,
    failedRuns,
    service: () => service,
    start,
    kill,
    close: async () => {
      await kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Built once: lives of one campaign do not change with the sources beside it. */
async function buildCutBundle(folder: string): Promise<{ bundle: Bundle; points: readonly CutPoint[] }> {
  const { modules } = await buildBundle();
  const [main, ...interpreters] = modules;
  if (main === undefined) throw new Error("the Worker has no modules");
  const { script, points } = withCutPoints(readFileSync(main.path, "utf8"), (file) =>
    /^(src|durable-objects)\//.test(file),
  );
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "worker.js");
  writeFileSync(path, script);
  return { bundle: { modulesRoot: folder, modules: [{ ...main, path }, ...interpreters] }, points };
}

function priced(provider: ProviderConfig): ProviderConfig {
  return { ...provider, models: provider.models.map((model) => ({ ...model, price: PRICE })) };
}
