import type { Policy } from "../core/policy.ts";
import { chunk } from "./chunk/policy.ts";
import { critique } from "./critique/policy.ts";
import { discriminate } from "./discriminate/policy.ts";
import { nextStep } from "./next-step/policy.ts";
import { proposeList } from "./propose-list/policy.ts";
import { reAnswer } from "./re-answer/policy.ts";
import { refine } from "./refine/policy.ts";
import { rephrase } from "./rephrase/policy.ts";
import { withRephrasing } from "./rephrasing.ts";
import { revise } from "./revise/policy.ts";
import { rollout } from "./rollout/policy.ts";
import { subQuestion } from "./sub-question/policy.ts";
import { wholeAnswer } from "./whole-answer/policy.ts";

/** How thoughts are asked for. One folder and one line per policy. */
export const POLICIES: readonly Policy[] = [
  wholeAnswer,
  rollout,
  nextStep,
  chunk,
  proposeList,
  critique,
  refine,
  revise,
  rephrase,
  // rStar's, which show a rephrased question where the path begins with one.
  withRephrasing(rollout, "finish"),
  withRephrasing(nextStep, "one-step"),
  withRephrasing(subQuestion, "sub-question"),
  withRephrasing(reAnswer, "re-answer"),
  withRephrasing(discriminate, "discriminate"),
];
