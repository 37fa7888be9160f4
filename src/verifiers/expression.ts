import { apply, type Operator, parseRational, type Rational } from "./rational.ts";

/** The limits are far above any Game of 24 answer and keep hostile texts cheap. */
const MAX_LENGTH_CHARACTERS = 200;
const MAX_DEPTH = 20;

export type ExpressionFault =
  | "too-long"
  | "too-deep"
  | "syntax"
  | "division-by-zero-or-overflow"
  | "forbidden-intermediate-result";

export type Expression =
  | {
      readonly type: "value";
      readonly value: Rational;
      /** Every number as it is written, in reading order. */
      readonly leaves: readonly Rational[];
    }
  | { readonly type: "fault"; readonly reason: ExpressionFault };

/**
 * Evaluates an arithmetic expression exactly, by a grammar and never by `eval`:
 *
 *     sum     = product (("+" | "-") product)*
 *     product = factor (("*" | "/") factor)*
 *     factor  = number | "(" sum ")" | "-" factor
 *
 * with × · ÷ − accepted for * / -. A sign before a bracket or number is allowed, since it uses up no number.
 *
 * With `fractions: "numbers"`, "8/3" without spaces is one number, for hands that contain fractions (states inside a
 * search); otherwise it is a division that uses 8 and 3. Where not every number may occur on the way, `isAllowed` judges
 * the result of each operation.
 */
export function parseExpression(
  text: string,
  fractions: "numbers" | "divisions" = "divisions",
  isAllowed: (result: Rational) => boolean = () => true,
): Expression {
  if (text.length > MAX_LENGTH_CHARACTERS) return { type: "fault", reason: "too-long" };
  const tokens = tokenize(text, fractions);
  if (tokens === null) return { type: "fault", reason: "syntax" };
  const leaves: Rational[] = [];
  let position = 0;

  try {
    const value = readSum(0);
    if (position !== tokens.length) throw new Fault("syntax");
    return { type: "value", value, leaves };
  } catch (error) {
    if (error instanceof Fault) return { type: "fault", reason: error.reason };
    throw error;
  }

  function combine(operator: Operator, left: Rational, right: Rational): Rational {
    const value = apply(operator, left, right);
    if (value === null) throw new Fault("division-by-zero-or-overflow");
    if (!isAllowed(value)) throw new Fault("forbidden-intermediate-result");
    return value;
  }

  function readSum(depth: number): Rational {
    let value = readProduct(depth);
    for (let operator = tokens?.[position]; operator === "+" || operator === "-"; operator = tokens?.[position]) {
      position++;
      value = combine(operator, value, readProduct(depth));
    }
    return value;
  }

  function readProduct(depth: number): Rational {
    let value = readFactor(depth);
    for (let operator = tokens?.[position]; operator === "*" || operator === "/"; operator = tokens?.[position]) {
      position++;
      value = combine(operator, value, readFactor(depth));
    }
    return value;
  }

  function readFactor(depth: number): Rational {
    if (depth > MAX_DEPTH) throw new Fault("too-deep");
    const token = tokens?.[position++];
    if (token === "-") return combine("-", { numerator: 0, denominator: 1 }, readFactor(depth + 1));
    if (token === "(") {
      const value = readSum(depth + 1);
      if (tokens?.[position++] !== ")") throw new Fault("syntax");
      return value;
    }
    const number = token === undefined ? null : parseRational(token);
    if (number === null) throw new Fault("syntax");
    leaves.push(number);
    return number;
  }
}

class Fault extends Error {
  readonly reason: ExpressionFault;
  constructor(reason: ExpressionFault) {
    super(reason);
    this.reason = reason;
  }
}

function tokenize(text: string, fractions: "numbers" | "divisions"): readonly string[] | null {
  const normal = text
    .replace(/[×·∙⋅]/g, "*")
    .replace(/÷/g, "/")
    .replace(/[−–]/g, "-");
  const number = fractions === "numbers" ? String.raw`\d{1,15}(?:\/\d{1,15})?` : String.raw`\d{1,15}`;
  const tokens = normal.match(new RegExp(String.raw`${number}|\S`, "g")) ?? [];
  const valid = new RegExp(`^(?:${number}|[-+*/()])$`);
  return tokens.every((token) => valid.test(token)) ? tokens : null;
}
