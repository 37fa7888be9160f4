/** The line that asks it, in a step that is a sub-question with its answer; null where there is none. */
export function askedQuestion(step: string): string | null {
  return /^[^\S\n]*(?:\*\*)?Question:.*\S.*$/m.exec(step)?.[0].trim() ?? null;
}
