import { type Problem, questionOf } from "../../core/problem.ts";
import { type Candidate, defineVerifier, localVerifier, type Score } from "../../core/verifier.ts";
import { NO_PARAMETERS } from "../no-parameters.ts";
import { formatRational } from "../rational.ts";
import { checkAnswer } from "./answer.ts";
import { type Hand, parseHand } from "./hand.ts";
import { checkStep } from "./step.ts";

/**
 * The exact verifier of the Game of 24. A complete answer gets a verdict: 1 when its expression is worth exactly 24 and
 * uses each number once. A partial one is refuted by its first false step, or when one number is left that is not 24, and
 * proven when that number is 24.
 * Whether legal numbers can still reach 24 it does not say: that is the search's question, not the checker's.
 */
export const gameOf24 = defineVerifier({
  name: "game-of-24",
  isExact: true,
  isAutomatic: true,
  scoresSteps: false,
  summary: "Exact rational arithmetic: worth 24, each number used once; false steps refute a partial answer.",
  parameters: NO_PARAMETERS,
  prompts: [],
  refusal: (problem) =>
    parseHand(questionOf(problem)) === null ? 'the problem is not a Game of 24, e.g. "Use 4 9 10 13 to make 24"' : null,
  create: () =>
    localVerifier({ name: "game-of-24", scope: "all", isComparative: false }, (problem, candidates) =>
      candidates.map((candidate) => scoreCandidate(problem, candidate)),
    ),
});

function scoreCandidate(problem: Problem, candidate: Candidate): Score | null {
  const hand = parseHand(questionOf(problem));
  if (hand === null) return null;
  if (candidate.isComplete) {
    const { solved, reason } = checkAnswer(hand, candidate.text);
    return verdict(solved ? 1 : 0, reason);
  }
  return refutePartial(hand, candidate.text);
}

function refutePartial(hand: Hand, text: string): Score | null {
  let numbers: Hand = hand;
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const check = checkStep(numbers, line);
    if (check.type === "illegal") {
      // Prose is no step and proves nothing; from there on the numbers are not known. But what declares what is left
      // claims to be a step, and a judge would believe its list.
      const isProse = check.reason === "not-a-step" && !/\(\s*left\b/i.test(line);
      return isProse ? null : verdict(0, `"${line.trim()}": ${check.reason}`);
    }
    numbers = check.left;
  }
  const only = numbers.length === 1 ? numbers[0] : undefined;
  if (only === undefined) return null;
  return formatRational(only) === "24"
    ? verdict(1, "24 is reached; only the answer is missing")
    : verdict(0, `${formatRational(only)} is left, not 24`);
}

function verdict(value: 0 | 1, reason: string): Score {
  return { value, kind: "verdict", reason, verifier: "game-of-24" };
}
