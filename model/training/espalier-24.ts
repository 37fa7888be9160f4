import { createVocabulary } from "../vocabulary.ts";
import type { TrainingPlan } from "./plan.ts";

/** The plan of the committed model, espalier-24.gguf: change anything here and its checksum changes. */
export const ESPALIER_24_PLAN: TrainingPlan = {
  shape: {
    vocabulary: createVocabulary().tokens.length,
    width: 128,
    layers: 4,
    heads: 4,
    feedForward: 384,
    context: 256,
    ropeBase: 10_000,
  },
  seed: 24,
  steps: 7_000,
  shards: 8,
  shardTokens: 512,
  warmupSteps: 100,
  peakRate: 3e-3,
  finalRate: 5e-5,
  cosineSteps: 8_000,
  cooldownFromStep: 5_000,
  weightDecay: 0.1,
  beta1: 0.9,
  beta2: 0.98,
  clipNorm: 1,
  judgeWeight: 3,
  // The judge is learnt first, and faster than the arithmetic of the solutions. The last phase adds other hands: 1,062 hands
  // alone are learnt by heart, and the model is then too sure of itself on hands that it has not seen.
  mixes: [
    { fromStep: 0, judgeShare: 0.82, otherHandShare: 0 },
    { fromStep: 2_500, judgeShare: 0.6, otherHandShare: 0 },
    { fromStep: 5_000, judgeShare: 0.6, otherHandShare: 0.5 },
  ],
};

/** Says plainly what it is; shown by GET /v1/models and stored in the file. */
export const ESPALIER_24_DESCRIPTION =
  'A 0.9 M parameter demonstration model. It knows only the Game of 24 ("Use 4 9 10 13 to make 24") and the judging of ' +
  'its states ("Judge: 4 4 10", answered yes or no); any other prompt gets nonsense.';
