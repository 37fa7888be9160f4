import { pairVerifier } from "../pair-of-candidates.ts";
import { SAME_STEP_PROMPT } from "./prompt.ts";

/** Do two partial answers say the same? AlphaLLM's state merge by a judge: 1 is the same, 0 is different. */
export const sameStep = pairVerifier(
  { name: "same-step", summary: "The model says whether two steps come to the same." },
  SAME_STEP_PROMPT,
  false,
);
