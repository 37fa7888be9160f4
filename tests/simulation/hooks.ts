import { registerHooks } from "node:module";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Mutation } from "./mutations.ts";

const ROOT = new URL("../..", import.meta.url);

/** To be called before anything that runs on the platform is imported: its modules are then our stand-ins. */
export function installPlatformModules(): void {
  registerHooks({
    resolve: (specifier, context, next) => {
      if (specifier !== "cloudflare:workers") return next(specifier, context);
      return { url: new URL("./platform/workers.ts", import.meta.url).href, shortCircuit: true };
    },
  });
}

/** One file of the code under test is loaded changed. Throws where it does not say, once, what is to be changed. */
export function installMutation({ file, from, to }: Mutation): void {
  registerHooks({
    load: (url, context, next) => {
      const loaded = next(url, context);
      if (!url.startsWith("file:") || relative(fileURLToPath(ROOT), fileURLToPath(url)) !== file) return loaded;
      const source = String(loaded.source);
      if (source.split(from).length !== 2) throw new Error(`${file} does not say exactly once: ${from}`);
      return { ...loaded, source: source.replace(from, () => to) };
    },
  });
}
