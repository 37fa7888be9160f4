import type { VerifierDefinition } from "../core/verifier.ts";
import { agreement } from "./agreement/verifier.ts";
import { gameOf24 } from "./game-of-24/verifier.ts";
import { judge } from "./judge/verifier.ts";

/** Everything that scores. One folder and one line per verifier; the contract suite runs over this list. */
export const VERIFIERS: readonly VerifierDefinition[] = [gameOf24, agreement, judge];
