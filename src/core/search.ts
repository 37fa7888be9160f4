import { type Amounts, NOTHING, subtractAmounts } from "./amounts.ts";
import type { AnswerRule } from "./answer/answer.ts";
import { firstLimitPassed, type LimitName, type Limits, largestFit } from "./budget.ts";
import { type Canceller, type CancelSignal, createCanceller } from "./cancellation.ts";
import type { Clock } from "./clock.ts";
import type { SearchEvent, StopReason } from "./event.ts";
import { type Executor, executeStep, type StepAnswer, verifierOf, worstCaseOf } from "./execute.ts";
import { type FormGate, vetoOf } from "./form-gate.ts";
import type { Funds } from "./funds.ts";
import { type Hold, type StepSignal, withHold } from "./hold.ts";
import { createLogWriter } from "./log.ts";
import { lostAttempts } from "./lost.ts";
import { createMailbox } from "./mailbox.ts";
import type { Method } from "./method.ts";
import { type CompletionListener, costOf, type ModelError } from "./model.ts";
import { createRandom } from "./random.ts";
import { recordResult } from "./record.ts";
import { mayRepeat, retryDelayMs, shouldGiveUp } from "./retry.ts";
import { servedOf } from "./selection/served.ts";
import type { NodeId, Step, StepId } from "./step.ts";
import type { Store } from "./store.ts";
import { foldTree, type Tree } from "./tree.ts";
import type { OpenStep } from "./tree-view.ts";
import { candidateOf, verificationDue, withoutVetoed } from "./verification.ts";
import type { Score } from "./verifier.ts";
import { withoutVerdicts } from "./without-verdicts.ts";

export interface SearchSetup extends Executor {
  readonly searchId: string;
  readonly recipe: unknown;
  readonly codeVersion: string;
  readonly method: Method;
  /** What whole answers have to pass before anybody scores them. */
  readonly formGates: readonly FormGate[];
  /** Read anew at every decision: an object whose fields change is followed. */
  readonly limits: Limits;
  /** Steps in flight at most, >= 1. */
  readonly width: number;
  readonly answers: AnswerRule;
}

export interface SearchWorld {
  readonly store: Store;
  readonly clock: Clock;
  /** Cancels the whole search: it ends with its best so far. */
  readonly signal: CancelSignal;
  /** Why it was cancelled, once it is; "cancelled" where absent. */
  readonly cancelReason?: () => StopReason;
  /** Told after each append; must not throw. */
  readonly onAppend: (events: readonly SearchEvent[]) => void;
  /** Hears the answers of a plan of one call while they are written. What counts is the log. */
  readonly listener?: CompletionListener;
  /** Asked before the search gets narrower, or ends, for want of money; absent where the limits are all there is. */
  readonly funds?: Funds;
}

/** How long cancelled calls may take to say what they had cost; after that their full hold is posted. */
const CANCEL_GRACE_MS = 2000;

/**
 * The only loop. Keeps up to `width` steps in flight, appends every event before acting on it, and ends with a
 * `search-end` in the log. Called again over a log that has not ended, it goes on where the log stops: steps that were
 * never answered are asked again, answered ones never. A finished log is returned as it is.
 */
export async function search(given: SearchSetup, world: SearchWorld): Promise<Tree> {
  const setup = given.method.ignoresVerdicts === true ? blindfolded(given) : given;
  const { method, limits, verifier } = setup;
  const { clock, store, signal } = world;
  const tree = foldTree(store.read(0), setup.answers, method.backup);
  if (tree.end !== null) return tree;

  const log = createLogWriter(store, tree, clock, world.onAppend);
  const mailbox = createMailbox<{ stepId: StepId; answer: StepAnswer } | { bug: unknown }>();
  const running = new Map<StepId, Canceller>();
  const toLaunch: StepId[] = [];
  const dueRetries: StepId[] = [];
  const timers = new Set<() => void>();
  let retriesToCome = 0;
  /** Of verifications that are to be tried again. */
  const settledByStep = new Map<StepId, readonly (Score | null)[]>();
  let lastError: ModelError | null = null;
  /** More money has been asked for; until the answer nothing is issued that it would make wider. */
  let isAsking = false;

  const start = (stepId: StepId, attempt: number, step: Step, reserved: Amounts): void => {
    log.add({ type: "step-start", stepId, attempt, step, reserved });
    toLaunch.push(stepId);
  };

  const launchStarted = (): void => {
    log.flush();
    for (const stepId of toLaunch.splice(0)) {
      const open = tree.openSteps.get(stepId);
      if (open === undefined) continue;
      const canceller = createCanceller();
      running.set(stepId, canceller);
      executeStep(setup, tree, stepId, open.step, signalOf(stepId, canceller), world.listener).then(
        (answer) => mailbox.put({ stepId, answer }),
        (bug: unknown) => mailbox.put({ bug }),
      );
    }
  };

  /** More is set aside before the call that needs it is made, and on record: after a crash it is posted like the rest. */
  const signalOf = (stepId: StepId, { signal: stop }: Canceller): StepSignal => {
    const raise: Hold["raise"] = (extra, reason) => {
      if (stop.aborted || !tree.openSteps.has(stepId) || !fitsOnTop(extra)) return false;
      if (reason === "fallback" && !mayRepeat(tree)) return false;
      log.add({ type: "step-hold", stepId, extra, reason });
      try {
        log.flush();
      } catch (bug) {
        // Whoever asks may be a timer, whose throw nobody hears: it is the run that cannot go on, as with any other write.
        mailbox.put({ bug });
        return false;
      }
      return true;
    };
    return withHold(stop, { raise });
  };

  /** Local checkers: asked, answered and folded in one go. */
  const verifyNow = (nodeIds: readonly NodeId[]): void => {
    const scores = verifierOf(setup).verifyNow?.(
      setup.problem,
      nodeIds.map((id) => candidateOf(tree, id)),
    );
    recordFreeScores(nodeIds, scores ?? []);
  };

  const recordFreeScores = (nodeIds: readonly NodeId[], scores: readonly (Score | null)[]): void => {
    const stepId = tree.stepsStarted + 1;
    log.add({ type: "step-start", stepId, attempt: 1, step: { type: "verify", nodeIds }, reserved: NOTHING });
    recordAnswer(stepId, { type: "scores", scores, attempts: [] });
  };

  /** Issues what the method wants until it waits, stops, or the width or the budget is used up. */
  const decide = (): { stop: StopReason | null; blockedBy: LimitName | null } => {
    while (tree.openSteps.size < setup.width) {
      const decision = method.next(tree, createRandom(setup.seed, "decision", tree.stepsStarted));
      if (decision.type === "wait") return { stop: null, blockedBy: null };
      if (decision.type === "stop") return { stop: decision.reason, blockedBy: null };
      const step = withoutVetoed(tree, decision.step);
      if (step.type === "verify" && verifier?.verifyNow !== undefined) {
        verifyNow(step.nodeIds);
        continue;
      }
      const stepId = tree.stepsStarted + 1;
      const wanted = step.type === "propose" ? step.count : 1;
      const worstCase = (count: number) => worstCaseOf(setup, tree, stepId, step, count);
      const fit = largestFit(limits, tree.account, wanted, worstCase);
      if (fit.fits ? fit.count < wanted && askFor(fit.count + 1, worstCase) : askFor(1, worstCase)) {
        return { stop: null, blockedBy: null };
      }
      if (!fit.fits) return { stop: null, blockedBy: fit.limit };
      start(stepId, 1, step.type === "propose" ? { ...step, count: fit.count } : step, fit.worstCase);
    }
    return { stop: null, blockedBy: null };
  };

  /** True where `count` lacks nothing but money, and more of that may come. */
  const askFor = (count: number, worstCaseOf: (count: number) => Amounts): boolean => {
    if (world.funds === undefined) return false;
    const worstCase = worstCaseOf(count);
    if (firstLimitPassed(limits, tree.account, worstCase) !== "microdollars") return false;
    if (isAsking) return true;
    const answer = world.funds.ask(worstCase.microdollars);
    if (answer === null) return false;
    isAsking = true;
    answer.then(() => {
      isAsking = false;
      mailbox.wake();
    });
    return true;
  };

  const recordAnswer = (stepId: StepId, answer: StepAnswer): void => {
    const open = tree.openSteps.get(stepId);
    if (open === undefined) return;
    if (answer.type === "failure") recordFailure(stepId, answer);
    else recordResult(log, tree, limits, open, answer, (nodeId) => vetoOf(setup.formGates, candidateOf(tree, nodeId)));
  };

  const recordFailure = (stepId: StepId, { error, attempts, settled }: Failure): void => {
    const open = tree.openSteps.get(stepId);
    if (open === undefined) return;
    // A scorer that is down keeps nobody from answering: the search goes on with what it has.
    if (error.type !== "cancelled" && open.step.type === "propose") lastError = error;
    const delayMs = retryDelayMs(error, open.attempt, createRandom(setup.seed, "retry", stepId, open.attempt));
    const willRetry = delayMs !== null && delayMs < leftMs() && fitsOnTop(costOf(attempts));
    log.add({ type: "step-fail", stepId, error, attempts, willRetry });
    if (willRetry) {
      if (settled !== undefined) settledByStep.set(stepId, settled);
      retriesToCome++;
      const cancelTimer = clock.schedule(delayMs, () => {
        timers.delete(cancelTimer);
        retriesToCome--;
        dueRetries.push(stepId);
        mailbox.wake();
      });
      timers.add(cancelTimer);
      return;
    }
    recordSettled(open, settled);
  };

  /** What could be said although the verification has failed, as one of its own that cost nothing more. */
  const recordSettled = ({ stepId, step }: OpenStep, settled = settledByStep.get(stepId)): void => {
    if (step.type !== "verify" || settled === undefined) return;
    const { nodeIds, scores } = scoredAmong(step.nodeIds, settled);
    if (nodeIds.length > 0) recordFreeScores(nodeIds, scores);
  };

  /** The step keeps its hold while its failed attempt is posted on top: both must fit. */
  const fitsOnTop = (lost: Amounts): boolean => firstLimitPassed(limits, tree.account, lost) === null;

  /** Until the deadline. */
  const leftMs = (): number =>
    limits.milliseconds === undefined
      ? Number.POSITIVE_INFINITY
      : limits.milliseconds - (clock.now() - (tree.startedAtMs ?? 0));

  /** As many as the retry budget has room for; the others wait for a call that succeeds. */
  const startDueRetries = (): void => {
    for (const stepId of dueRetries.splice(0)) {
      const open = tree.openSteps.get(stepId);
      if (open === undefined) continue;
      if (!open.isRepeated || mayRepeat(tree)) startAgain(open);
      else dueRetries.push(stepId);
    }
  };

  /** Nothing is in flight or to come that could succeed. One at a time: what is issued in its place may. */
  const abandonDueRetry = (): void => {
    const open = tree.openSteps.get(dueRetries.shift() ?? 0);
    if (open === undefined) return;
    const error: ModelError = lastError ?? { type: "unavailable", message: "the provider fails" };
    log.add({ type: "step-fail", stepId: open.stepId, error, attempts: [], willRetry: false });
    recordSettled(open);
  };

  /** Holds anew: what the earlier attempt taught (that `n` is not honoured, say) may have made the step dearer. */
  const startAgain = (open: OpenStep): void => {
    const { stepId, step, attempt, reserved } = open;
    const worstCase = worstCaseOf(setup, tree, stepId, step, step.type === "propose" ? step.count : 1);
    const others = { spent: tree.spent, reserved: subtractAmounts(tree.reserved, reserved) };
    if (firstLimitPassed(limits, others, worstCase) === null) {
      start(stepId, attempt + 1, step, worstCase);
      return;
    }
    const error: ModelError = { type: "unavailable", message: "the budget does not allow another attempt" };
    log.add({ type: "step-fail", stepId, error, attempts: [], willRetry: false });
    recordSettled(open);
  };

  /** After a crash: what was in flight may have been billed, so its hold is posted in full, and it is asked again. */
  const resumeOpenSteps = (): void => {
    for (const open of [...tree.openSteps.values()]) {
      if (!open.isWaiting) {
        const error: ModelError = { type: "unavailable", message: "interrupted before it was answered" };
        const attempts = lostAttempts(open.reserved, setup.model.name, clock.now());
        const willRetry = fitsOnTop(costOf(attempts));
        log.add({ type: "step-fail", stepId: open.stepId, error, attempts, willRetry });
        if (!willRetry) continue;
      }
      startAgain(open);
    }
  };

  /** Cancels what is in flight and waits, within a grace, for what it had cost. */
  const settleRunning = async (): Promise<void> => {
    for (const canceller of running.values()) canceller.cancel();
    let isOver = false;
    const cancelTimer = clock.schedule(CANCEL_GRACE_MS, () => {
      isOver = true;
      mailbox.wake();
    });
    while (running.size > 0 && !isOver) receive(await mailbox.take());
    cancelTimer();
    // Announced, but cancelled before they were sent: nothing to pay.
    const neverSent = new Set(toLaunch.splice(0));
    for (const open of [...tree.openSteps.values()]) {
      const error: ModelError = { type: "cancelled", message: "the search ended before this was answered" };
      const isUnpaid = open.isWaiting || neverSent.has(open.stepId);
      const attempts = isUnpaid ? [] : lostAttempts(open.reserved, setup.model.name, clock.now());
      log.add({ type: "step-fail", stepId: open.stepId, error, attempts, willRetry: false });
    }
  };

  /** Folds answers in by step number, so that what arrived in one batch does not depend on the order of arrival. */
  const receive = (items: readonly ({ stepId: StepId; answer: StepAnswer } | { bug: unknown })[]): void => {
    const answers = [];
    for (const item of items) {
      if ("bug" in item) throw item.bug;
      answers.push(item);
    }
    for (const { stepId, answer } of answers.sort((a, b) => a.stepId - b.stepId)) {
      running.delete(stepId);
      recordAnswer(stepId, answer);
    }
  };

  const run = async (): Promise<StopReason> => {
    for (;;) {
      if (signal.aborted) return world.cancelReason?.() ?? "cancelled";
      if (leftMs() <= 0) return "milliseconds";
      if (lastError !== null && shouldGiveUp(lastError, tree.failuresInARow, tree.rollouts > 0)) {
        return "upstream-errors";
      }
      startDueRetries();
      const { stop, blockedBy } = decide();
      launchStarted();
      if (stop !== null) return stop;
      if (tree.openSteps.size === 0 && !isAsking) return blockedBy ?? "completed";
      if (dueRetries.length > 0 && running.size === 0 && retriesToCome === 0) {
        abandonDueRetry();
        continue;
      }
      receive(await mailbox.take());
    }
  };

  signal.addEventListener("abort", mailbox.wake);
  try {
    if (tree.nextSequence === 0) {
      const { searchId, problem, recipe, codeVersion } = setup;
      log.add({ type: "search-start", searchId, problem, recipe, codeVersion });
    }
    resumeOpenSteps();
    if (limits.milliseconds !== undefined) {
      timers.add(clock.schedule(Math.max(0, leftMs()), mailbox.wake));
    }
    const reason = await run();
    await settleRunning();
    // A limit may have ended the proposing before a comparative verifier had its turn; a local one costs nothing.
    const due = verifier?.verifyNow === undefined ? null : verificationDue(tree, verifier, true);
    if (due?.type === "step" && due.step.type === "verify") verifyNow(due.step.nodeIds);
    const answer = servedOf(tree, method.answer);
    const hasFailed = answer === null && lastError !== null;
    log.add({
      type: "search-end",
      // A method that ran out of places to ask because every one of them failed has not completed anything.
      reason: hasFailed && reason === "completed" ? "upstream-errors" : reason,
      answerNodeId: answer?.node.id ?? null,
      selectionScore: answer?.score ?? null,
      error: hasFailed ? lastError : null,
    });
    log.flush();
    return tree;
  } finally {
    signal.removeEventListener("abort", mailbox.wake);
    for (const cancelTimer of timers) cancelTimer();
    for (const canceller of running.values()) canceller.cancel();
  }
}

function blindfolded(setup: SearchSetup): SearchSetup {
  return { ...setup, verifier: setup.verifier === null ? null : withoutVerdicts(setup.verifier) };
}

type Failure = Extract<StepAnswer, { readonly type: "failure" }>;

/** The nodes that have a score, with it. */
function scoredAmong(
  nodeIds: readonly NodeId[],
  scores: readonly (Score | null)[],
): { readonly nodeIds: readonly NodeId[]; readonly scores: readonly Score[] } {
  const pairs = nodeIds.flatMap((nodeId, index) => {
    const score = scores[index] ?? null;
    return score === null ? [] : [{ nodeId, score }];
  });
  return { nodeIds: pairs.map(({ nodeId }) => nodeId), scores: pairs.map(({ score }) => score) };
}
