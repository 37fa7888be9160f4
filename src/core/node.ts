import type { NodeId, Role, StepId } from "./step.ts";
import { isComplete, type Thought } from "./thought.ts";
import type { Score } from "./verifier.ts";

/** A thought's place in the search. Statistics are kept by the fold, in O(depth) per event, and never stored. */
export interface Node {
  readonly id: NodeId;
  readonly parent: Node | null;
  readonly depth: number;
  /** Null at the root only. */
  readonly thought: Thought | null;
  /** What it was proposed as; "" at the root. */
  readonly role: Role;
  /** The public id of the model that its step named; null where it named none. */
  readonly askedModel: string | null;
  /** A completed candidate: no step can follow it, only notes and revisions. */
  readonly isTerminal: boolean;
  /** Creation order, independent of arrival: by step number, then by place in the step's reply. Breaks every tie. */
  readonly order: number;
  /** In creation order. */
  readonly children: readonly Node[];
  /** Every judgement of this node itself, oldest first. */
  readonly scores: readonly Score[];
  /** How many more completions said the same as this node. */
  readonly repeats: number;
  /** Creation order of every completion that said this, ascending: `order` is the first, and each repeat one more. */
  readonly samples: readonly number[];
  /** Sum of the confidences its proposers gave it; 0 where they give none. */
  readonly weight: number;
  /** Candidates completed at or below this node, repeats included. */
  readonly rollouts: number;
  /** Back-ups through this node: n in UCT. */
  readonly visits: number;
  /** Q in [0, 1] by the method's back-up family; 0 before the first visit. */
  readonly value: number;
  /** Sum of the weighted returns: W; with equal weights the mean return is W / n. */
  readonly valueSum: number;
  readonly weightSum: number;
  /** Sum of the weighted squares of the returns: with `valueSum` their spread. */
  readonly squareSum: number;
  /** Samples asked for and verifications running at or below this node: O in WU-UCT (Liu et al. 2020). */
  readonly inFlight: number;
  /** Grows with whatever begins, ends or is judged at or below this node: unchanged, nothing there has changed. */
  readonly touches: number;
  /** Samples asked for at this very node and not answered yet. */
  readonly proposing: number;
  /** Samples asked for at this very node, by role: answered or in flight, failed ones not. Lists of steps count once. */
  readonly asked: ReadonlyMap<Role, number>;
  /** In a verification that is running. */
  readonly isVerifying: boolean;
  /** The verifier was asked about it; it may have abstained. */
  readonly isVerified: boolean;
  /** Steps at this very node that failed for good. */
  readonly failures: number;
}

/** The value of a node by its latest judgement; null before it has one. */
export function latestScore(node: Node): Score | null {
  return node.scores[node.scores.length - 1] ?? null;
}

/** An exact verifier, or a gate, has ruled it out: nothing good can be at or below it. */
export function isRefuted(node: Node): boolean {
  const score = latestScore(node);
  return score !== null && score.kind !== "estimate" && score.value === 0;
}

/** A gate has ruled it out: it has not the form that was asked for. Its veto comes with it and stays its only score. */
export function isVetoed(node: Node): boolean {
  return node.scores[0]?.kind === "veto";
}

/** Said about the path, part of no answer: never verified, never served. */
export function isNote(node: Node): boolean {
  return node.thought?.form === "note";
}

/** Samples taken or asked for at a node; one that repeats a child counts, or a certain model would never be left. */
export function samplesAt(node: Node): number {
  let samples = node.proposing;
  for (const child of node.children) samples += 1 + child.repeats;
  return samples;
}

/** Samples asked for at a node in this role. What came of a list cannot be told from its children: it may repeat them. */
export function askedAt(node: Node, role: Role): number {
  return node.asked.get(role) ?? 0;
}

/** The samples below a node in the order in which they were asked for: a child once for each completion that said it. */
export function samplesBelow(node: Node): Node[] {
  const samples = node.children.flatMap((child) => child.samples.map((order) => ({ child, order })));
  return samples.sort((a, b) => a.order - b.order).map(({ child }) => child);
}

/** For the fold alone; everybody else sees a Node. */
export interface MutableNode extends Node {
  parent: MutableNode | null;
  order: number;
  children: MutableNode[];
  scores: Score[];
  repeats: number;
  samples: number[];
  weight: number;
  rollouts: number;
  visits: number;
  value: number;
  valueSum: number;
  weightSum: number;
  squareSum: number;
  inFlight: number;
  touches: number;
  proposing: number;
  asked: Map<Role, number>;
  isVerifying: boolean;
  isVerified: boolean;
  failures: number;
}

/** More thoughts than one step can bring, so that (step, index) packs into one number. */
const ORDERS_PER_STEP = 2 ** 20;

/** Creation order of the thought that came as number `index` of a step's reply. */
export function creationOrder(stepId: StepId, index: number): number {
  return stepId * ORDERS_PER_STEP + index;
}

export function nodeIdOf(stepId: StepId, index: number): NodeId {
  return `${stepId}.${index}`;
}

/** The step that brought the node. */
export function stepIdOf(nodeId: NodeId): StepId {
  return Number(nodeId.split(".")[0] ?? "0");
}

function orderOf(nodeId: NodeId): number {
  const [step = "0", index = "0"] = nodeId.split(".");
  return creationOrder(Number(step), Number(index));
}

export function createNode(
  id: NodeId,
  parent: MutableNode | null,
  thought: Thought | null,
  { role, model }: { readonly role: Role; readonly model?: string },
): MutableNode {
  return {
    id,
    parent,
    role,
    askedModel: model ?? null,
    depth: parent === null ? 0 : parent.depth + 1,
    thought,
    isTerminal: thought !== null && isComplete(thought),
    order: orderOf(id),
    children: [],
    scores: [],
    repeats: 0,
    samples: [orderOf(id)],
    weight: thought?.weight ?? 0,
    rollouts: 0,
    visits: 0,
    value: 0,
    valueSum: 0,
    weightSum: 0,
    squareSum: 0,
    inFlight: 0,
    touches: 0,
    proposing: 0,
    asked: new Map(),
    isVerifying: false,
    isVerified: false,
    failures: 0,
  };
}

/** Index of the first node whose order is not below `order`. Lists are sorted, and mostly appended to at the end. */
function placeOf(list: readonly MutableNode[], order: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((list[middle]?.order ?? 0) < order) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function isInOrder(list: readonly MutableNode[], node: MutableNode): boolean {
  return list[placeOf(list, node.order)] === node;
}

export function insertInOrder(list: MutableNode[], node: MutableNode): void {
  const place = placeOf(list, node.order);
  if (list[place] !== node) list.splice(place, 0, node);
}

export function removeInOrder(list: MutableNode[], node: MutableNode): void {
  const place = placeOf(list, node.order);
  if (list[place] === node) list.splice(place, 1);
}
