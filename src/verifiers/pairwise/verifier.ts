import { pairVerifier } from "../pair-of-candidates.ts";
import { COMPARE_PROMPT } from "./prompt.ts";

/** Which of two answers is better, asked in both orders. What the knockout and Borda selections are made of. */
export const pairwise = pairVerifier(
  { name: "pairwise", summary: "The model says which of two answers is better, asked in both orders." },
  COMPARE_PROMPT,
  true,
);
