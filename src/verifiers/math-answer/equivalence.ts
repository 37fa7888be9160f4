import { canonicalAnswer } from "../../core/answer/canonical.ts";
import { parseExpression } from "./expression.ts";
import { type Form, type Operator, readForm } from "./form.ts";
import { isIdentity, isMultiple } from "./identity.ts";
import { isMatching } from "./matching.ts";
import { sameScalar } from "./scalar.ts";

export interface Equivalence {
  readonly isEqual: boolean;
  readonly reason: string;
}

/** Longer answers are compared as texts. */
const MAX_LENGTH = 2000;
/** Sets and tuples with more parts are compared as texts: matching them takes their number squared. */
const MAX_PARTS = 64;

/**
 * Are two answers the same, as the graders of MATH mean it? Reflexive and symmetric (a rounding or a sign of percent keeps
 * it from being transitive), total, and bounded in time: no text makes it hang.
 */
export function equivalent(left: string, right: string, tolerance = 0): Equivalence {
  if (left.trim() === right.trim()) return { isEqual: true, reason: "written alike" };
  if (left.length > MAX_LENGTH || right.length > MAX_LENGTH) {
    return {
      isEqual: false,
      reason: `written differently, and longer than the ${MAX_LENGTH} characters that are read`,
    };
  }
  const [one, other] = [readForm(left), readForm(right)];
  if (size(one) > MAX_PARTS || size(other) > MAX_PARTS) return { isEqual: false, reason: "written differently" };
  const reason = sameForm(one, other, tolerance);
  return reason === null ? { isEqual: false, reason: difference(one, other) } : { isEqual: true, reason };
}

function size(form: Form): number {
  if (form.type === "matrix") return form.rows.flat().reduce((sum, cell) => sum + size(cell), 0);
  return "parts" in form ? form.parts.reduce((sum, part) => sum + size(part), 0) : 1;
}

function difference(left: Form, right: Form): string {
  const [one, other] = [NOUNS[left.type], NOUNS[right.type]];
  return one === other ? `two different ${one}s` : `a ${one} and a ${other}, and not the same`;
}

const NOUNS: Readonly<Record<Form["type"], string>> = {
  scalar: "value",
  relation: "relation",
  set: "set",
  tuple: "tuple",
  union: "union",
  matrix: "matrix",
};

/** Why they are the same; null where they are not. */
function sameForm(first: Form, second: Form, tolerance: number): string | null {
  const [left, right] = [simplified(first), simplified(second)];
  if (left.type === "scalar" && right.type === "scalar") return sameScalar(left, right, tolerance);
  if (left.type === "relation" && right.type === "relation") return sameRelation(left, right, tolerance);
  if (left.type === "relation") return sameAsSolved(left, right, tolerance);
  if (right.type === "relation") return sameAsSolved(right, left, tolerance);
  // A set of one is its only member.
  if (left.type === "set" && right.type !== "set") return sameMember(left.parts, right, tolerance);
  if (right.type === "set" && left.type !== "set") return sameMember(right.parts, left, tolerance);
  const matches = (one: Form, other: Form): boolean => sameForm(one, other, tolerance) !== null;
  if (left.type === "set" && right.type === "set") {
    return isMatching(left.parts, right.parts, matches) ? "the same members" : null;
  }
  if (left.type === "union" && right.type === "union") {
    return isMatching(left.parts, right.parts, matches) ? "the same parts" : null;
  }
  if (left.type === "tuple" && right.type === "tuple") {
    // Brackets tell an open end from a closed one; of three numbers and more they are a matter of style.
    const isAlike = left.open === right.open && left.close === right.close;
    if (!isAlike && left.parts.length === 2) return null;
    return inOrder(left.parts, right.parts, matches) ? "the same parts in the same order" : null;
  }
  if (left.type === "matrix" && right.type === "matrix") {
    if (left.isDeterminant !== right.isDeterminant) return null;
    const sameRow = (one: readonly Form[], other: readonly Form[]): boolean => inOrder(one, other, matches);
    return inOrder(left.rows, right.rows, sameRow) ? "the same entries" : null;
  }
  return null;
}

function inOrder<Part>(
  left: readonly Part[],
  right: readonly Part[],
  matches: (one: Part, other: Part) => boolean,
): boolean {
  if (left.length !== right.length) return false;
  return left.every((part, index) => {
    const other = right[index];
    return other !== undefined && matches(part, other);
  });
}

function sameMember(parts: readonly Form[], other: Form, tolerance: number): string | null {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? sameForm(only, other, tolerance) : null;
}

/** Members of a set that are written twice count once, and "x < 1 or x > 2" is a union. */
function simplified(form: Form): Form {
  if (form.type !== "set") return form;
  const parts = [...new Map(form.parts.map((part) => [keyOf(part), part])).values()];
  const rays = parts.map((part) => (part.type === "relation" ? solvedFor(part) : null)).filter((one) => one !== null);
  const isUnion =
    parts.length > 1 &&
    rays.length === parts.length &&
    rays.every(({ variable, form: solved }) => variable === rays[0]?.variable && solved.type === "tuple");
  return isUnion ? { type: "union", parts: rays.map(({ form: solved }) => solved) } : { type: "set", parts };
}

function keyOf(form: Form): string {
  return form.type === "scalar" && !form.isPercent ? (canonicalAnswer(form.text) ?? form.text) : JSON.stringify(form);
}

type Relation = Extract<Form, { type: "relation" }>;

/** "x = 5" and "5", "x \in (0, 1)" and "(0, 1)", "1 < x \le 2" and "(1, 2]". */
function sameAsSolved(relation: Relation, other: Form, tolerance: number): string | null {
  const solved = solvedForm(relation);
  return solved === null ? null : sameForm(solved, other, tolerance);
}

function sameRelation(left: Relation, right: Relation, tolerance: number): string | null {
  const [one, other] = [solvedFor(left), solvedFor(right)];
  if (one !== null && other !== null && one.variable === other.variable) {
    return sameForm(one.form, other.form, tolerance);
  }
  return sameEquation(left, right);
}

/** A name alone on one side, a function of names, or a point of them: "x", "f(x)", "\theta", "x_1", "(x, y)". */
const NAME =
  /^\(\s*[a-zA-Z](?:\s*,\s*[a-zA-Z]){1,3}\s*\)$|^(?:[a-zA-Z]|\\[a-zA-Z]{2,8})(?:_\{?\w{1,3}\}?)?(?:\(\s*[a-zA-Z](?:\s*,\s*[a-zA-Z])*\s*\))?$/;

function solvedForm(relation: Relation): Form | null {
  return solvedFor(relation)?.form ?? null;
}

/** What a relation says of the one name that is alone on a side: a value, or an interval. */
function solvedFor({ operators, sides }: Relation): { readonly variable: string; readonly form: Form } | null {
  const [first = "", second = "", third = ""] = sides;
  const [operator, next] = operators;
  if (operator === undefined) return null;
  if (operators.length === 1) {
    if (operator === "=") {
      if (NAME.test(first)) return { variable: first, form: readForm(second) };
      return NAME.test(second) ? { variable: second, form: readForm(first) } : null;
    }
    if (NAME.test(first) && !NAME.test(second)) return ray(first, operator, second);
    return NAME.test(second) && !NAME.test(first) ? ray(second, FLIPPED[operator], first) : null;
  }
  if (operators.length !== 2 || next === undefined || !NAME.test(second)) return null;
  if (isLess(operator) && isLess(next)) return { variable: second, form: interval(first, operator, third, next) };
  if (isLess(FLIPPED[operator]) && isLess(FLIPPED[next])) {
    return { variable: second, form: interval(third, FLIPPED[next], first, FLIPPED[operator]) };
  }
  return null;
}

function isLess(operator: Operator): boolean {
  return operator === "<" || operator === "<=";
}

const FLIPPED: Readonly<Record<Operator, Operator>> = {
  "=": "=",
  "!=": "!=",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
};

function ray(
  variable: string,
  operator: Operator,
  bound: string,
): { readonly variable: string; readonly form: Form } | null {
  if (operator === "!=") return null;
  const form = isLess(operator)
    ? interval("-\\infty", "<", bound, operator)
    : interval(bound, FLIPPED[operator], "\\infty", "<");
  return { variable, form };
}

/** `from` below x, x below `to`. */
function interval(from: string, below: Operator, to: string, above: Operator): Form {
  const [open, close] = [below === "<" ? "(" : "[", above === "<" ? ")" : "]"];
  return { type: "tuple", open, close, parts: [readForm(from), readForm(to)] };
}

/** Two equations in two spellings: one side brought over, and one a multiple of the other. */
function sameEquation(left: Relation, right: Relation): string | null {
  const [one, other] = [broughtOver(left), broughtOver(right)];
  if (one === null || other === null) return null;
  const [operator, asked] = [left.operators[0], right.operators[0]];
  if (operator === asked) {
    const sign = operator === "=" || operator === "!=" ? "any" : "positive";
    if (isMultiple(one, other, sign) === true) return "the same relation";
  }
  const isFlipped = operator !== undefined && FLIPPED[operator] === asked && operator !== asked;
  const negated = { type: "function", name: "Negate", operands: [other] } as const;
  if (isFlipped && isMultiple(one, negated, "positive") === true) return "the same relation";
  return operator === asked && isIdentity(one, other, 0) === true ? "the same relation" : null;
}

/** left - right of a relation with one operator. */
function broughtOver({ operators, sides }: Relation) {
  const [first = "", second = ""] = sides;
  if (operators.length !== 1) return null;
  const [one, other] = [parseExpression(first), parseExpression(second)];
  return one === null || other === null
    ? null
    : ({ type: "function", name: "Subtract", operands: [one, other] } as const);
}
