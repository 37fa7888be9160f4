import { findModel, type ModelConfig, type ProviderConfig } from "./config.ts";

/** Words by which model pickers tell what is no chat model, and SDKs what wants other endpoints (WIRE.md decision 10). */
const MISREAD_WORDS =
  /tts|search|embed|rerank|reward|guard|audio|image|speech|instruct|realtime|computer-use|flux|ocr|parse|codex|-pro/gi;

/** Words that have a spelling of their own; in all others a dot keeps them from being recognised. */
const SPELLINGS: Readonly<Record<string, string>> = { instruct: "it", "-pro": "_pro", "computer-use": "computer_use" };

/** SDKs take a name that begins so for OpenAI's own, and send it other parameters. */
const MISREAD_START = /^(?=o\d|gpt-5)/i;

/** How a configured id is listed: such that no client takes it for something else. Most are listed as they are. */
export function listedIdOf(id: string): string {
  const spelt = id.replace(
    MISREAD_WORDS,
    (word) => SPELLINGS[word.toLowerCase()] ?? `${word.slice(0, 2)}.${word.slice(2)}`,
  );
  return spelt.replace(MISREAD_START, "espalier/");
}

/** The configured id that a client means by a configured or a listed one; null where there is none. */
export function configuredId(providers: readonly ProviderConfig[], id: string): string | null {
  if (findModel(providers, id) !== null) return id;
  return listedModels(providers).find((one) => one.listedId === id)?.model.id ?? null;
}

export interface ListedModel {
  readonly listedId: string;
  readonly provider: ProviderConfig;
  readonly model: ModelConfig;
}

/** Every model once, also where several providers serve it. */
export function listedModels(providers: readonly ProviderConfig[]): readonly ListedModel[] {
  const byId = new Map<string, ListedModel>();
  for (const provider of providers) {
    for (const model of provider.models) {
      if (byId.has(model.id)) continue;
      // Two ids that would be listed alike stay as they are: better misread than another model.
      const wanted = listedIdOf(model.id);
      const isTaken =
        findModel(providers, wanted) !== null || [...byId.values()].some((one) => one.listedId === wanted);
      byId.set(model.id, { listedId: isTaken ? model.id : wanted, provider, model });
    }
  }
  return [...byId.values()];
}
