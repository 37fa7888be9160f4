/**
 * Units are no part of an answer's class, as with the graders of MATH: the question says what is counted, and "5 cm",
 * "5\text{ centimeters}" and "5" are one answer to it. Words that change the number stay.
 */

const CHANGES_THE_NUMBER =
  /^(?:or|and|to|a\.?m\.?|p\.?m\.?|b\.?c\.?(?:e\.?)?|a\.?d\.?|base|dozen|hundred|thousand|million|billion|trillion|percent|per cent|mod|pi|i)$/i;

/** A word set in a text face after a number is its unit, whatever it is: `5 \text{ apples}`. */
const TEXT_UNIT = /^(.*[\d})])\s*\\(?:text|textrm|mathrm|mbox)\s*\{([^{}\d]*)\}(?:\s*\^\s*\{?\s*[23]\s*\}?)?$/;

const NAME =
  "(?:(?:square|cubic|sq\\.?|cu\\.?)\\s+)?(?:milli|centi|kilo)?(?:met(?:er|re)s?|grams?|lit(?:er|re)s?)|(?:square|cubic|sq\\.?|cu\\.?)?\\s*(?:mm|cm|km|inch(?:es)?|feet|foot|ft|yards?|yds?|miles?|units?)|kg|mg|lbs?|pounds?|oz|ounces?|ml|gallons?|seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?|degrees?|deg|dollars?|cents?|usd|eur|euros?|radians?|rad|mph|hz|points?";

const PLAIN_UNIT = new RegExp(
  String.raw`^(.*[\d})])\s*(?:${NAME})(?:\s*\^\s*\{?[23]\}?|[²³])?(?:\s*(?:\/|per)\s*(?:${NAME}|[smh])(?:\s*\^\s*\{?[23]\}?|[²³])?)?$`,
  "i",
);

const DEGREES = /^(.*[\d})])\s*(?:\^\s*(?:\\circ|\{\s*\\circ\s*\})|°|\\degree)$/;
const CURRENCY = /^([+-]?)\s*(?:\\?\$|€|£|¥|USD|EUR)\s*(?=[-\d.])/;

/** Longer answers are not searched for a unit: it also bounds the patterns above. */
const MAX_LENGTH = 200;

export function withoutUnit(clean: string): string {
  if (clean.length > MAX_LENGTH) return clean;
  const text = clean.replace(CURRENCY, "$1").replace(/(?<=\d)\s*\\?[$€£¥]$/, "");
  const upright = TEXT_UNIT.exec(text);
  if (upright !== null && !CHANGES_THE_NUMBER.test((upright[2] ?? "").trim())) return (upright[1] ?? "").trim();
  // In "\sin 30^\circ" the degrees belong to the angle, not to the answer.
  const degrees = /(?:sin|cos|tan|cot|sec|csc)/.test(text) ? null : DEGREES.exec(text);
  return ((degrees ?? PLAIN_UNIT.exec(text))?.[1] ?? text).trim();
}
