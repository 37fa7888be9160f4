import { canonicalJson } from "./json.ts";
import { cleanAnswer, plainExpression, withoutTextCommands } from "./latex.ts";
import { formatNumber, readNumber } from "./number.ts";
import { shapeOf } from "./shape.ts";
import { withoutUnit } from "./unit.ts";

/** Longer answers are compared as texts: nobody writes a number or a set of that length. */
const MAX_STRUCTURED_LENGTH = 2000;
/** Sets of tuples of sets: deeper nesting is text. */
const MAX_DEPTH = 6;

/**
 * One text per answer class: what is certainly the same is written alike, and what may differ stays apart, since a wrong
 * union of classes forges a majority while a split one only weakens it. Hence 1/2, 0.5 and 50% are one class, and 25 and
 * 25% are two; the order counts in tuples and bare lists and not in sets. Null for an answer that says nothing.
 */
export function canonicalAnswer(answer: string): string | null {
  if (answer.length > MAX_STRUCTURED_LENGTH) return plainText(answer.trim());
  const json = canonicalValue(answer);
  if (json !== null) return json;
  const clean = cleanAnswer(answer);
  if (clean === "") return null;
  return choiceLetter(clean) ?? canonicalPart(withoutVariable(clean), 0);
}

function canonicalPart(text: string, depth: number): string | null {
  const bare = withoutTextCommands(withoutUnit(text)).trim();
  const number = readNumber(bare);
  if (number !== null) return formatNumber(number);
  if (depth >= MAX_DEPTH) return plainText(bare);
  const shape = shapeOf(bare, (piece) => readNumber(piece) !== null);
  if (shape.type === "single") return canonicalSingle(shape.text, depth);
  const parts = withoutSharedVariable(shape.parts).map((part) => canonicalPart(cleanAnswer(part), depth + 1) ?? "");
  switch (shape.type) {
    case "list":
      return parts.join(",");
    case "set":
      return `{${inOrder(parts).join(",")}}`;
    case "union":
      return inOrder(parts).join("∪");
    case "tuple":
      return `${shape.open}${parts.join(",")}${shape.close}`;
  }
}

function canonicalSingle(text: string, depth: number): string | null {
  const inside = /^\(([^()]*)\)$/.exec(text)?.[1];
  if (inside !== undefined && inside.trim() !== "") return canonicalPart(inside.trim(), depth + 1);
  return plainText(text);
}

function plainText(text: string): string | null {
  const plain = text.length > MAX_STRUCTURED_LENGTH ? text.replace(/\s+/g, "").toLowerCase() : plainExpression(text);
  return plain === "" ? null : plain;
}

/** Each once, in an order that no answer can choose. */
function inOrder(parts: readonly string[]): string[] {
  return [...new Set(parts)].sort();
}

const VARIABLE = /^((?:[a-zA-Z]|\\[a-zA-Z]{2,8})(?:_\{?\w{1,3}\}?)?)\s*(?:=|\\in(?![a-zA-Z])|∈)\s*([^=<>]+)$/;

/** "x = 5" answers with 5, "x \in (0, 1)" with the interval. What has more equal signs is an equation, and stays. */
export function withoutVariable(text: string): string {
  return VARIABLE.exec(text)?.[2]?.trim() ?? text;
}

/** "x = 1 or x = 2" are 1 and 2; "x = 1, y = 2" are not. */
function withoutSharedVariable(parts: readonly string[]): readonly string[] {
  const names = new Set(parts.map((part) => VARIABLE.exec(part)?.[1] ?? null));
  return names.size === 1 ? parts.map(withoutVariable) : parts;
}

/** "(B)", "B.", "option B", "B) Paris" are the letter; "B. Paris" may be somebody's name. */
function choiceLetter(clean: string): string | null {
  const text = withoutTextCommands(clean).trim();
  const letter =
    /^(?:(?:option|choice|answer)\s+)?\(?\s*([A-J])\s*\)?[.:)]?$/i.exec(text)?.[1] ??
    /^(?:(?:option|choice)\s+\(?|\()\s*([A-J])\s*\)[.:]?\s+(?:[A-Za-z]{2}|\d|\$)/i.exec(text)?.[1] ??
    /^(?:(?:option|choice)\s+)?([A-J])[):]\s+(?:[A-Za-z]{2}|\d|\$)/i.exec(text)?.[1];
  return letter?.toLowerCase() ?? null;
}

/** A JSON object or list of objects is its value, whatever its spaces and the order of its keys. */
function canonicalValue(answer: string): string | null {
  if (!/^\s*(?:\{\s*"|\[\s*[[{"])/.test(answer)) return null;
  try {
    return canonicalJson(JSON.parse(answer)) || null;
  } catch {
    return null;
  }
}
