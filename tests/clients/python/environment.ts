import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const SDK_VERSION = "3.54.0";

const run = promisify(execFile);
let made: Promise<string> | null = null;

/**
 * The `python` of a virtual environment with OpenAI's SDK of one version; made once and kept in the system's directory
 * for temporary files. Rejects where Python 3, venv or pip are missing: a test that needs them must not pass.
 */
export function pythonWithSdk(): Promise<string> {
  made ??= make();
  return made;
}

async function make(): Promise<string> {
  const home = join(tmpdir(), `espalier-python-openai-${SDK_VERSION}`);
  const python = join(home, "bin", "python");
  if (existsSync(python)) return python;
  // Made aside and moved into place when it is whole: what is there, is usable. `python -m` does not mind the move.
  const aside = mkdtempSync(join(tmpdir(), "espalier-python-"));
  try {
    await run("python3", ["-m", "venv", aside]);
    await run(join(aside, "bin", "python"), ["-m", "pip", "install", "--quiet", `openai==${SDK_VERSION}`]);
    renameSync(aside, home);
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    if (existsSync(python)) return python;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The tests of OpenAI's Python SDK need python3 with venv and pip, and PyPI: ${reason}`);
  }
  return python;
}
