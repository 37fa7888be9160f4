/** What a line of an answer says in plain arithmetic: Markdown, LaTeX and the numbering of steps taken away. */
export function plainLine(line: string): string {
  return line
    .slice(0, 500)
    .replace(/\\(?:dfrac|tfrac|frac)\s*\{([^{}]*)\}\s*\{([^{}]*)\}/g, "(($1)/($2))")
    .replace(/\\(?:times|cdot|ast)(?![a-z])/g, "*")
    .replace(/\\div(?![a-z])/g, "/")
    .replace(/\\(?:left|right)(?![a-z])|\\[()[\],;!]|\*\*|__|[`$]/g, "")
    .replace(/(?<=[\d)])\s*[xX]\s*(?=[\d(])/g, " * ")
    .replace(/^\s*(?:(?:step\s*)?\d{1,2}\s*[.):]\s+|step\s*\d{1,2}\s*[-–]\s*|[-•*]\s+)/i, "")
    .replace(/[\s.,;!]+$/, "")
    .trim();
}

/** One line may hold several equations: "25 * 4 = 100, 100 + 6 = 106". */
export function equationsOf(line: string): readonly string[] {
  return plainLine(line)
    .split(/\s*(?:[;,](?![^(]*\))|→|->|=>|\bthen\b)\s*/i)
    .filter((equation) => equation !== "");
}
