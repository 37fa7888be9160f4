import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { Prompt } from "../core/prompt.ts";

/** Raised when the same words come to be read differently: what was remembered before is then not found any more. */
const VERSION = 1;

/**
 * What a remembered judgement is found by: the judge, its prompt with all that decides how it is asked and read, the model,
 * and the question as it is sent, which holds rubric, problem and candidates. As one JSON list, so that no two differ only
 * in where one part ends and the next begins (T16).
 */
export function judgementKey(model: string, judge: string, prompt: Prompt, question: string, choices: number): string {
  const { reply, samples, temperature, maxTokens, stop } = prompt;
  const asked = [VERSION, model, judge, reply, samples, temperature, maxTokens, stop, question, choices];
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(asked))));
}
