import { type Amounts, addAmounts, NOTHING, subtractAmounts } from "./amounts.ts";
import { type AnswerRule, AUTOMATIC_ANSWER } from "./answer/answer.ts";
import { type Backup, backUp, MEAN_RETURN } from "./backup.ts";
import type { Account } from "./budget.ts";
import { createComparisons, NO_PREFERENCE } from "./comparisons.ts";
import type { SearchEvent } from "./event.ts";
import type { HoldReason } from "./hold.ts";
import { type Attempt, costOf, type ModelError } from "./model.ts";
import {
  createNode,
  creationOrder,
  insertInOrder,
  isInOrder,
  isNote,
  isVetoed,
  latestScore,
  type MutableNode,
  type Node,
  removeInOrder,
} from "./node.ts";
import { type NodeId, ROOT, type Role, type Step, type StepId, targetsOf } from "./step.ts";
import { isComplete, stepTexts, type Thought } from "./thought.ts";
import type { OpenStep, SearchEnd, TreeView } from "./tree-view.ts";
import type { Score } from "./verifier.ts";

export class Tree implements TreeView {
  readonly root: MutableNode = createNode(ROOT, null, null, { role: "" });
  readonly nodes: MutableNode[] = [];
  readonly terminals: MutableNode[] = [];
  readonly vetoed: MutableNode[] = [];
  readonly unverifiedAnswers: MutableNode[] = [];
  readonly unverifiedSteps: MutableNode[] = [];
  readonly openSteps = new Map<StepId, OpenStep>();
  rollouts = 0;
  rolloutsInFlight = 0;
  stepsStarted = 0;
  proposalsStarted = 0;
  spent: Amounts = NOTHING;
  reserved: Amounts = NOTHING;
  /** Steps that failed for good since the last one that succeeded. */
  failuresInARow = 0;
  /** Steps that were issued with a call to make. */
  callingSteps = 0;
  /** Calls made again after a failure, here or elsewhere, since the last step that a provider has answered. */
  repeatsInARow = 0;
  startedAtMs: number | null = null;
  end: SearchEnd | null = null;
  readonly attempts: Attempt[] = [];
  /** What the attempt of the same index was made for. */
  readonly purposes: { readonly stepId: StepId; readonly type: Step["type"] }[] = [];
  nextSequence = 0;

  readonly #byId = new Map<NodeId, MutableNode>([[ROOT, this.root]]);
  readonly #byContent = new Map<string, MutableNode>();
  readonly #answersById = new Map<NodeId, FoundAnswer>();
  readonly #solved: MutableNode[] = [];
  readonly #comparisons = createComparisons();
  readonly #answersOf: (recipe: unknown) => AnswerRule;
  #answers: AnswerRule;
  readonly #backupOf: (recipe: unknown) => Backup;
  #backup: Backup;

  /** Both may depend on the recipe: readers of a log learn with its first event what is an answer and how values are kept. */
  constructor(
    answers: AnswerRule | ((recipe: unknown) => AnswerRule),
    backup: Backup | ((recipe: unknown) => Backup) = MEAN_RETURN,
  ) {
    this.#answersOf = typeof answers === "function" ? answers : () => answers;
    this.#answers = typeof answers === "function" ? AUTOMATIC_ANSWER : answers;
    this.#backupOf = typeof backup === "function" ? backup : () => backup;
    this.#backup = typeof backup === "function" ? MEAN_RETURN : backup;
  }

  get account(): Account {
    return { spent: this.spent, reserved: this.reserved };
  }

  get solved(): Node | null {
    return this.#solved[0] ?? null;
  }

  node(id: NodeId): Node {
    return this.#mutable(id);
  }

  /** The child of `parentId` that says just this already. A completion that repeats it is counted, not added. */
  childSaying(parentId: NodeId, thought: Thought): Node | null {
    return this.#byContent.get(contentKey(parentId, thought)) ?? null;
  }

  textOf(node: Node): string {
    return this.stepsOf(node).join("");
  }

  pathOf(node: Node): readonly Node[] {
    const path: Node[] = [];
    for (let at: Node | null = node; at !== null && at.thought !== null; at = at.parent) path.push(at);
    return path.reverse();
  }

  stepsOf(node: Node): readonly string[] {
    return stepTexts(this.pathOf(node).flatMap(({ thought }) => thought ?? []));
  }

  comparisonOf(role: Role, first: NodeId, second: NodeId): number | null {
    return this.#comparisons.get(role, first, second);
  }

  answerOf(node: Node): string | null {
    return this.#foundAnswerOf(node)?.text ?? null;
  }

  answerClassOf(node: Node): string | null {
    return isVetoed(node) ? null : (this.#foundAnswerOf(node)?.class ?? null);
  }

  answerClassIn(text: string): string | null {
    const answer = this.#answers.extract(text, []);
    return answer === null ? null : this.#answers.classOf(answer);
  }

  #foundAnswerOf(node: Node): FoundAnswer | null {
    if (!node.isTerminal) return null;
    const known = this.#answersById.get(node.id);
    if (known !== undefined) return known;
    const text = this.#answers.extract(this.textOf(node), node.thought?.toolCalls ?? []);
    const found = { text, class: text === null ? null : this.#answers.classOf(text) };
    this.#answersById.set(node.id, found);
    return found;
  }

  /**
   * Folds one event in. Events already folded are ignored, and so are results of steps that are not open: being told
   * twice, or late, changes nothing.
   */
  apply(event: SearchEvent): void {
    if (event.sequence < this.nextSequence) return;
    this.nextSequence = event.sequence + 1;
    switch (event.type) {
      case "search-start":
        this.startedAtMs = event.atMs;
        this.#answers = this.#answersOf(event.recipe);
        this.#backup = this.#backupOf(event.recipe);
        break;
      case "step-start":
        this.#stepStart(event.stepId, event.step, event.attempt, event.reserved);
        break;
      case "step-hold":
        this.#stepHold(event.stepId, event.extra, event.reason);
        break;
      case "thought-add":
        this.#thoughtAdd(event.stepId, event.nodeId, event.parentId, event.thought);
        break;
      case "thought-repeat":
        this.#thoughtRepeat(event.stepId, event.nodeId, event.index, event.weight ?? 0);
        break;
      case "score-add":
        this.#scoreAdd(event.stepId, event.nodeId, event.score);
        break;
      case "comparison-add":
        this.#comparisonAdd(event.stepId, event.value);
        break;
      case "step-end":
        this.#stepEnd(event.stepId, event.attempts);
        break;
      case "step-fail":
        this.#stepFail(event.stepId, event.error, event.attempts, event.willRetry);
        break;
      case "search-end":
        this.end = {
          reason: event.reason,
          answerNodeId: event.answerNodeId,
          selectionScore: event.selectionScore,
          error: event.error,
        };
        break;
    }
  }

  #stepStart(stepId: StepId, step: Step, attempt: number, reserved: Amounts): void {
    const open = this.openSteps.get(stepId);
    if (open === undefined) {
      this.stepsStarted = Math.max(this.stepsStarted, stepId);
      this.#hold(step, 1);
      this.#countAsked(step, 1);
      if (step.type === "propose") this.proposalsStarted++;
      if (reserved.calls > 0) this.callingSteps++;
    } else {
      if (open.isRepeated) this.repeatsInARow++;
      // The earlier attempt is being asked again: its hold is exchanged for the new one.
      this.reserved = subtractAmounts(this.reserved, open.reserved);
      this.rolloutsInFlight -= open.reserved.rollouts;
    }
    const { unparsed = 0, isRepeated = false } = open ?? {};
    const proposal = open?.proposal ?? (step.type === "propose" ? this.proposalsStarted : 0);
    this.openSteps.set(stepId, { stepId, step, proposal, attempt, reserved, isWaiting: false, unparsed, isRepeated });
    this.reserved = addAmounts(this.reserved, reserved);
    this.rolloutsInFlight += reserved.rollouts;
  }

  #stepHold(stepId: StepId, extra: Amounts, reason: HoldReason): void {
    const open = this.openSteps.get(stepId);
    if (open === undefined) return;
    this.openSteps.set(stepId, { ...open, reserved: addAmounts(open.reserved, extra) });
    this.reserved = addAmounts(this.reserved, extra);
    if (reason === "fallback") this.repeatsInARow++;
  }

  #thoughtAdd(stepId: StepId, nodeId: NodeId, parentId: NodeId, thought: Thought): void {
    const step = this.openSteps.get(stepId)?.step;
    if (step === undefined || this.#byId.has(nodeId)) return;
    const parent = this.#mutable(parentId);
    const node = createNode(nodeId, parent, thought, step.type === "propose" ? step : { role: "" });
    this.#byId.set(nodeId, node);
    this.#byContent.set(contentKey(parentId, thought), node);
    this.nodes.push(node);
    insertInOrder(parent.children, node);
    if (!isNote(node)) insertInOrder(this.#unverifiedLike(node), node);
    if (node.isTerminal) {
      insertInOrder(this.terminals, node);
      this.#countRollout(node);
    }
  }

  #thoughtRepeat(stepId: StepId, nodeId: NodeId, index: number, weight: number): void {
    if (!this.openSteps.has(stepId)) return;
    const node = this.#mutable(nodeId);
    node.repeats++;
    node.weight += weight;
    const order = creationOrder(stepId, index);
    node.samples.push(order);
    if (order < (node.samples.at(-2) ?? 0)) node.samples.sort((a, b) => a - b);
    this.#reorder(node, order);
    if (!node.isTerminal) return;
    this.#countRollout(node);
    const score = latestScore(node);
    // Re-visiting a judged terminal backs up its value again (AlphaLLM's rule for evaluated terminals).
    if (score !== null) backUp(node, score, this.#backup);
  }

  #scoreAdd(stepId: StepId, nodeId: NodeId, score: Score): void {
    if (!this.openSteps.has(stepId)) return;
    const node = this.#mutable(nodeId);
    const isFirst = node.scores.length === 0;
    node.scores.push(score);
    if (score.kind === "veto") this.#veto(node);
    backUp(node, score, this.#backup);
    // Completions that repeated a terminal before it was judged count as visits of their own.
    if (isFirst && node.isTerminal)
      for (let repeat = 0; repeat < node.repeats; repeat++) backUp(node, score, this.#backup);
    if (node.isTerminal && score.kind === "verdict" && score.value === 1) insertInOrder(this.#solved, node);
  }

  /** There is nothing to ask a verifier about. */
  #veto(node: MutableNode): void {
    node.isVerified = true;
    removeInOrder(this.#unverifiedLike(node), node);
    removeInOrder(this.terminals, node);
    insertInOrder(this.vetoed, node);
  }

  #comparisonAdd(stepId: StepId, value: number): void {
    const step = this.openSteps.get(stepId)?.step;
    if (step?.type === "compare") this.#comparisons.add(step, value);
  }

  #stepEnd(stepId: StepId, attempts: readonly Attempt[]): void {
    const open = this.openSteps.get(stepId);
    if (open === undefined) return;
    if (open.step.type === "verify") {
      for (const id of open.step.nodeIds) {
        const node = this.#mutable(id);
        node.isVerified = true;
        removeInOrder(this.#unverifiedLike(node), node);
      }
    }
    this.#close(open);
    this.#spend(open, attempts);
    this.failuresInARow = 0;
    if (attempts.length > 0) this.repeatsInARow = 0;
  }

  #stepFail(stepId: StepId, error: ModelError, attempts: readonly Attempt[], willRetry: boolean): void {
    const open = this.openSteps.get(stepId);
    if (open === undefined) return;
    this.#spend(open, attempts);
    // Nothing was sent: no call has been repeated.
    if (open.isRepeated && attempts.length === 0 && !open.isWaiting && this.repeatsInARow > 0) this.repeatsInARow--;
    if (willRetry) {
      const unparsed = open.unparsed + (error.type === "unparsed" ? 1 : 0);
      const isRepeated = open.isRepeated || (error.type !== "unparsed" && attempts.some(wasAnswered));
      this.openSteps.set(stepId, { ...open, isWaiting: true, unparsed, isRepeated });
      return;
    }
    this.#close(open);
    this.#countAsked(open.step, -1);
    if (error.type === "cancelled") return;
    if (open.step.type === "propose") this.failuresInARow++;
    // A comparison that cannot be had says nothing for either side; it is not the candidates' failure.
    if (open.step.type === "compare") {
      this.#comparisons.add(open.step, NO_PREFERENCE);
      return;
    }
    for (const id of targetsOf(open.step)) this.#mutable(id).failures++;
  }

  #close(open: OpenStep): void {
    this.openSteps.delete(open.stepId);
    this.reserved = subtractAmounts(this.reserved, open.reserved);
    this.rolloutsInFlight -= open.reserved.rollouts;
    this.#hold(open.step, -1);
  }

  #spend({ stepId, step }: OpenStep, attempts: readonly Attempt[]): void {
    this.attempts.push(...attempts);
    for (const _attempt of attempts) this.purposes.push({ stepId, type: step.type });
    this.spent = addAmounts(this.spent, costOf(attempts));
  }

  #countRollout(candidate: MutableNode): void {
    for (let at: MutableNode | null = candidate; at !== null; at = at.parent) at.rollouts++;
    this.rollouts++;
    this.spent = { ...this.spent, rollouts: this.spent.rollouts + 1 };
  }

  /** In-flight counts along the path, so that parallel steps spread out (WU-UCT) instead of repeating each other. */
  #hold(step: Step, sign: 1 | -1): void {
    const amount = step.type === "propose" ? step.count : 1;
    for (const id of targetsOf(step)) {
      const target = this.#mutable(id);
      if (step.type === "propose") target.proposing += sign * amount;
      else if (step.type === "verify") target.isVerifying = sign === 1;
      for (let at: MutableNode | null = target; at !== null; at = at.parent) {
        at.inFlight += sign * amount;
        at.touches++;
      }
    }
  }

  #countAsked(step: Step, sign: 1 | -1): void {
    if (step.type !== "propose") return;
    const { asked } = this.#mutable(step.nodeId);
    asked.set(step.role, (asked.get(step.role) ?? 0) + sign * step.count);
  }

  /** A repeat issued earlier than the node's first arrival takes its place in the order: arrival does not matter. */
  #reorder(node: MutableNode, order: number): void {
    if (order >= node.order) return;
    const lists = [
      node.parent?.children,
      ...(node.isTerminal ? [this.terminals, this.vetoed] : []),
      this.#unverifiedLike(node),
      this.#solved,
    ];
    const present = lists.filter((list) => list !== undefined && isInOrder(list, node));
    for (const list of present) removeInOrder(list ?? [], node);
    node.order = order;
    for (const list of present) insertInOrder(list ?? [], node);
  }

  #unverifiedLike(node: MutableNode): MutableNode[] {
    return node.isTerminal ? this.unverifiedAnswers : this.unverifiedSteps;
  }

  #mutable(id: NodeId): MutableNode {
    const node = this.#byId.get(id);
    if (node === undefined) throw new Error(`tree: no node ${id}`);
    return node;
  }
}

/** The tree that a log describes. */
export function foldTree(
  events: readonly SearchEvent[],
  answers: AnswerRule | ((recipe: unknown) => AnswerRule),
  backup: Backup | ((recipe: unknown) => Backup) = MEAN_RETURN,
): Tree {
  const tree = new Tree(answers, backup);
  for (const event of events) tree.apply(event);
  return tree;
}

/** A hold that was posted in full after a crash names no provider: nobody has failed. */
function wasAnswered({ provider }: Attempt): boolean {
  return provider !== "";
}

interface FoundAnswer {
  readonly text: string | null;
  readonly class: string | null;
}

function contentKey(parentId: NodeId, thought: Thought): string {
  return JSON.stringify([
    parentId,
    isComplete(thought) ? thought.ending : "step",
    thought.form ?? "continuation",
    thought.text,
    thought.toolCalls ?? null,
  ]);
}
