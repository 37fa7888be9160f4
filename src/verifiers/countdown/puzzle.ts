export interface Puzzle {
  readonly numbers: readonly number[];
  readonly target: number;
}

const NUMBER = String.raw`\d{1,6}`;
const SEPARATOR = String.raw`(?:\s{0,3},\s{0,3}(?:and\s{1,3})?|\s{1,3}and\s{1,3}|\s{1,3})`;
const LIST = String.raw`[[({]?\s{0,3}(${NUMBER}(?:${SEPARATOR}${NUMBER}){1,11})\s{0,3}[\])}]?`;
const TARGET = String.raw`(\d{1,9})(?![\d/]|\.\d)`;
const VERB = "(?:make|reach|get|obtain|form|hit|produce|equal|equals)";
const NOUN = String.raw`(?:(?:only\s+)?(?:the\s+)?(?:\w+\s+)?numbers?\s*:?\s*)?`;
const IS = String.raw`\s*(?:number\s*)?(?:is|are|=|:)?\s*:?\s*`;

/** The numbers and the target, each at a fixed place of the phrase. */
const PHRASES: readonly { readonly pattern: RegExp; readonly isTargetFirst: boolean }[] = [
  // "Using the numbers [19, 36, 55, 7], create an equation that equals 65", "Use 25, 50, 3 and 6 to make 84".
  {
    pattern: new RegExp(
      String.raw`\b(?:use|using|combine|with|from|given)\s+${NOUN}${LIST}\s*,?\s*(?:to\s+)?(?:\w+\s+an?\s+(?:equation|expression|number)\s+(?:that\s+|which\s+)?)?${VERB}\s+(?:to\s+)?(?:the\s+)?(?:target\s+)?(?:number\s+|of\s+)?${TARGET}`,
      "gi",
    ),
    isTargetFirst: false,
  },
  // "Numbers: 25 50 75 100 3 6. Target: 952".
  {
    pattern: new RegExp(String.raw`\bnumbers?${IS}${LIST}[\s.,;]{0,5}(?:and\s+)?(?:the\s+)?target${IS}${TARGET}`, "gi"),
    isTargetFirst: false,
  },
  // "The target is 952 and the numbers are 25 50 75 100 3 6".
  {
    pattern: new RegExp(String.raw`\btarget${IS}${TARGET}[\s.,;]{0,5}(?:and\s+)?(?:the\s+)?numbers?${IS}${LIST}`, "gi"),
    isTargetFirst: true,
  },
  // "Make 952 from 25 50 75 100 3 6".
  {
    pattern: new RegExp(
      String.raw`\b${VERB}\s+(?:the\s+)?(?:target\s+)?(?:number\s+)?${TARGET}\s+(?:from|with|using|out\s+of)\s*:?\s*${NOUN}${LIST}`,
      "gi",
    ),
    isTargetFirst: true,
  },
];

/** Questions are short; what is longer is not looked at to its end. */
const MAX_CHARACTERS = 20_000;

/** The puzzle of a question; null where it has none, or two different ones. */
export function puzzleIn(question: string): Puzzle | null {
  const puzzles = new Map<string, Puzzle>();
  for (const { pattern, isTargetFirst } of PHRASES) {
    for (const match of question.slice(0, MAX_CHARACTERS).matchAll(pattern)) {
      const [list = "", target = ""] = isTargetFirst ? [match[2], match[1]] : [match[1], match[2]];
      const numbers = [...list.matchAll(/\d+/g)].map(([number]) => Number(number));
      const puzzle = { numbers, target: Number(target) };
      puzzles.set(`${numbers.join(" ")} > ${target}`, puzzle);
    }
  }
  const [only] = puzzles.values();
  return puzzles.size === 1 && only !== undefined ? only : null;
}
