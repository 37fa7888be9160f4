/**
 * Compiles the AssemblyScript kernels to the committed .wasm files: `npm run model:kernels`.
 * The compiler is deterministic; a test rebuilds and compares the bytes.
 */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

/** 64 KiB pages. The engine's memory starts small and grows; a shared memory must declare its limit (1 GiB). */
const BUILDS = {
  inference: ["--importMemory", "--initialMemory", "1"],
  training: [
    "--importMemory",
    "--sharedMemory",
    "--initialMemory",
    "1",
    "--maximumMemory",
    "16384",
    "--enable",
    "threads",
  ],
} as const;

export type KernelName = keyof typeof BUILDS;

/** The bytes of one kernel module, compiled from source. */
export async function buildKernels(name: KernelName): Promise<Uint8Array> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      `${name}.ts`,
      "--baseDir",
      fileURLToPath(new URL("./kernels", import.meta.url)),
      "--outFile",
      "out.wasm",
      "-O3",
      "--converge",
      "--noAssert",
      "--runtime",
      "stub",
      "--enable",
      "simd",
      ...BUILDS[name],
    ],
    {
      writeFile: (file: string, contents: Uint8Array | string) => {
        if (file.endsWith(".wasm") && typeof contents !== "string") binary = contents;
      },
    },
  );
  if (error !== null || binary === undefined) throw new Error(`asc failed on ${name}.ts: ${stderr.toString()}`);
  return binary;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const name of ["inference", "training"] as const) {
    const binary = await buildKernels(name);
    await writeFile(new URL(`./kernels/${name}.wasm`, import.meta.url), binary);
    console.log(`kernels/${name}.wasm ${binary.byteLength} bytes`);
  }
}
