import { latestScore, type Node } from "../../core/node.ts";
import type { Observations } from "./posterior.ts";

/**
 * The arms of a node, read off the statistics that the fold keeps: nothing is stored, and a decision looks at the children
 * on its way only. The score of a new child is an observation
 * - of its parent's GEN arm, and of the child's own arm there;
 * - further up, of every ancestor's CONT arm and of the arm of the child through which the path leads.
 */
export interface Arms {
  /** "Generate": what new children were worth. A sample that said what another had said was worth nothing. */
  readonly generate: Observations;
  /** "Continue": what was found below the children, the children themselves left out. */
  readonly goOn: Observations;
}

export function armsOf(node: Node): Arms {
  const generate = { count: 0, sum: 0, squareSum: 0 };
  const goOn = { count: 0, sum: 0, squareSum: 0 };
  for (const child of node.children) {
    observe(generate, child);
    goOn.count += child.visits;
    goOn.sum += child.valueSum;
    goOn.squareSum += child.squareSum;
    leaveOutOwn(goOn, child);
  }
  return { generate, goOn };
}

/** The arm of a child: its own score and all below it. */
export function childArm({ visits, valueSum, squareSum }: Node): Observations {
  return { count: visits, sum: valueSum, squareSum };
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** What a child was worth as a sample of whoever made it. */
export function observe(arm: Mutable<Observations>, child: Node): void {
  const score = latestScore(child);
  if (score === null) return;
  arm.count += 1 + child.repeats;
  arm.sum += score.value;
  arm.squareSum += score.value ** 2;
}

/** The fold has counted each of the node's own judgements, and the last again for each repetition of a candidate. */
function leaveOutOwn(arm: Mutable<Observations>, node: Node): void {
  const { scores, repeats, isTerminal } = node;
  scores.forEach(({ value }, index) => {
    const times = isTerminal && index === scores.length - 1 ? 1 + repeats : 1;
    arm.count -= times;
    arm.sum -= times * value;
    arm.squareSum -= times * value ** 2;
  });
}
