/** What each exact checker is measured with; one that is not listed is told as not measured. */
export interface CheckerCase {
  readonly question: string;
  readonly reference?: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** Ordinary complete candidates, right and wrong. */
  readonly texts: readonly string[];
  /** Made to be slow for this checker, beside HOSTILE. */
  readonly hostile?: readonly string[];
}

const LONG = 100_000;

/** Made to be slow for parsers of any kind: depth, length, alternatives, numbers that grow. */
export const HOSTILE: readonly string[] = [
  ...["(", "[", "{", "<", "\\boxed{", "\\frac{", "\\sqrt{", "```\n", "(left: ", "Answer: ", "the answer is ", "|"],
  ...[
    "1+",
    "2^",
    "9",
    "1/",
    "-",
    " ",
    "\n",
    "a",
    "1,",
    "\\",
    '"',
    '{"a":',
    "\u{1f333}",
    "\\pm 1",
    "x^",
    "x=",
    "|x|",
    "!",
  ],
].map((piece) => piece.repeat(Math.ceil(LONG / piece.length)));

/** The same as a marked answer, which is where most checkers look, at the length of a long answer. */
export function asAnswers(texts: readonly string[]): string[] {
  return [100, 2000].flatMap((length) => texts.map((text) => `Answer: ${text.slice(0, length)}`));
}

const SUDOKU = "1 . . 4\n. 4 1 .\n. 1 4 .\n4 . . 1";
const CROSSWORD = "AGEND\nMOTOR\nARTSY\nSALLE\nSLEER";

export const CASES: Readonly<Record<string, CheckerCase>> = {
  "game-of-24": {
    question: "Use 4 9 10 13 to make 24",
    texts: [
      "13 - 9 = 4 (left: 4 4 10)\n10 - 4 = 6 (left: 4 6)\n4 * 6 = 24 (left: 24)\nAnswer: (10 - 4) * (13 - 9) = 24",
      "Answer: 4 + 9 + 10 + 13 = 24",
    ],
    hostile: [`Answer: ${"(".repeat(50_000)}4${")".repeat(50_000)}`, `Answer: ${"4 * ".repeat(25_000)}9 = 24`],
  },
  countdown: {
    question: "Use 25 50 3 6 to make 84",
    texts: ["Answer: 25 + 50 + 3 + 6 = 84", "25 + 50 = 75\n75 + 3 = 78\n78 + 6 = 84\nAnswer: 84", "Answer: 25 * 3"],
    hostile: [`Answer: ${"(".repeat(50_000)}25${")".repeat(50_000)}`, "25 + 50 = 75\n".repeat(10_000)],
  },
  sudoku: {
    question: `Solve this sudoku:\n${SUDOKU}`,
    parameters: { givens: SUDOKU },
    texts: ["1 2 3 4\n3 4 1 2\n2 1 4 3\n4 3 2 1", "1 1 1 4\n3 4 1 2\n2 1 4 3\n4 3 2 1"],
    hostile: ["1 2 3 4\n".repeat(12_000), "1".repeat(LONG)],
  },
  crossword: {
    question: "Solve the crossword.",
    parameters: { solution: CROSSWORD },
    texts: [CROSSWORD, "AGEND\nMOTOR\nARTSY\nSALLE\nSLEEP"],
    hostile: ["AGEND\n".repeat(16_000), "h1. AGEND\n".repeat(10_000)],
  },
  exact: {
    question: "What is 6 * 7?",
    reference: "42",
    texts: ["6 * 7 is 42.\nAnswer: 42", "I think the answer is 41."],
  },
  "math-answer": {
    question: "Solve it.",
    reference: "\\frac{1}{2}",
    texts: ["So \\boxed{0.5}", "So \\boxed{\\frac{2}{4}}", "So \\boxed{\\sqrt{2}/2}", "Answer: x + 1"],
    hostile: [
      "\\boxed{2^{2^{2^{2^{2^{2}}}}}}",
      `\\boxed{(${"x+".repeat(150)}1)^{100}}`,
      `\\boxed{${"2^{1/3}+".repeat(200)}1}`,
      `\\boxed{\\begin{pmatrix}${"1&".repeat(500)}1\\end{pmatrix}}`,
      "\\boxed{10^{10^{10}}}",
      `\\boxed{{${"1,".repeat(900)}1}}`,
    ],
  },
  regex: {
    question: "Say yes.",
    parameters: { pattern: "(a+)+$", of: "text" },
    texts: ["aaaa", "aaab", "The answer is yes."],
    hostile: [`${"a".repeat(LONG)}b`],
  },
  "multiple-choice": {
    question: "Which is a tree?\nA) oak\nB) daisy\nC) moss\nD) fern",
    reference: "A",
    texts: ["Answer: (A)", "It is the daisy.\nAnswer: B", "oak"],
  },
  "json-schema": {
    question: "Give me a person.",
    parameters: {
      schema: {
        type: "object",
        properties: { name: { type: "string" }, age: { type: "integer", minimum: 0 } },
        required: ["name"],
      },
    },
    texts: ['{"name": "Ada", "age": 36}', '{"age": -1}', "no JSON at all"],
    hostile: [`${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`, `[${"1,".repeat(50_000)}1]`],
  },
  "unit-tests": {
    question: "Write add.",
    parameters: { tests: [{ call: "add(1, 2)", expect: 3 }] },
    texts: ["```js\nfunction add(a, b) { return a + b; }\n```", "```js\nfunction add(a, b) { return a - b; }\n```"],
    hostile: [
      "```js\nfor (;;) {}\n```",
      "```js\nconst kept = []; for (;;) kept.push(new Array(1e6).fill(1));\n```",
      "```js\nfunction add(a, b) { return add(a, b); }\n```",
      "```js\n/(a+)+$/.test('a'.repeat(40) + 'b')\n```",
    ],
  },
  program: {
    question: "What is 1 + 2?",
    reference: "3",
    texts: ["```js\nconsole.log(1 + 2);\n```", "```js\nconsole.log(1 - 2);\n```"],
    hostile: [
      "```js\nfor (;;) {}\n```",
      "```js\nfor (;;) console.log('x'.repeat(1000));\n```",
      "```js\nconst kept = []; for (;;) kept.push(new Array(1e6).fill(1));\n```",
    ],
  },
};
