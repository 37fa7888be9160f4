import { basename } from "node:path";
import { GgufError } from "../gguf.ts";
import { loadEspalierModel } from "./espalier.ts";
import { loadLlamaCppModel } from "./llama-cpp.ts";
import type { ServedModel } from "./served-model.ts";

/** A user's GGUF file: our own engine when it is within the documented subset, otherwise llama.cpp. */
export async function loadUserModel(
  path: string,
  options: { readonly id: string | undefined; readonly threads: number },
): Promise<ServedModel> {
  const id = options.id ?? basename(path).replace(/\.gguf$/i, "");
  try {
    return loadEspalierModel(path, id);
  } catch (error) {
    if (!(error instanceof GgufError)) throw error;
    return loadLlamaCppModel(path, { id, threads: options.threads, reason: error.message });
  }
}
