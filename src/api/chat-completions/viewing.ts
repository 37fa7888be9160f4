import type { LiveLine } from "../../../durable-objects/search-tree/live-answer.ts";
import { NOTHING_SAID, type Piece, restOf, type Said, withPiece } from "./said.ts";

/**
 * What one viewer has been shown of the answers while they were written. What was sent cannot be taken back: an attempt
 * that begins again is shown from where it has caught up with that, and the log has the last word.
 */
export interface Viewing {
  /** Takes news in, and says what to show now. */
  hear(line: LiveLine): readonly AnswerPiece[];
  /** What the final answers say beyond what was shown; null where they do not begin with it. */
  rest(answers: readonly Said[]): readonly AnswerPiece[] | null;
}

export interface AnswerPiece extends Piece {
  /** The answer's place among the choices. */
  readonly index: number;
}

interface Shown {
  readonly shown: Said;
  /** What the attempt under way has said; null while it has said just what was shown. */
  readonly catchingUp: Said | null;
}

const NEW: Shown = { shown: NOTHING_SAID, catchingUp: null };

export function createViewing(count: number): Viewing {
  let answers: readonly Shown[] = Array.from({ length: count }, () => NEW);
  return {
    hear: (line) => {
      if ("begin" in line) {
        answers = answers.map(({ shown }) => ({ shown, catchingUp: shown === NOTHING_SAID ? null : NOTHING_SAID }));
        return [];
      }
      const { index, ...piece } = line;
      const known = answers[index];
      if (known === undefined) return [];
      const { after, pieces } = withNews(known, piece);
      answers = answers.with(index, after);
      return pieces.map((one) => ({ ...one, index }));
    },
    rest: (finals) => {
      const pieces: AnswerPiece[] = [];
      for (const [index, { shown }] of answers.entries()) {
        const rest = restOf(shown, finals[index] ?? NOTHING_SAID);
        if (rest === null) return null;
        pieces.push(...rest.map((one) => ({ ...one, index })));
      }
      return pieces;
    },
  };
}

function withNews({ shown, catchingUp }: Shown, piece: Piece): { after: Shown; pieces: readonly Piece[] } {
  if (catchingUp === null) return { after: { shown: withPiece(shown, piece), catchingUp }, pieces: [piece] };
  const said = withPiece(catchingUp, piece);
  const isThinking = said.reasoning.length < shown.reasoning.length;
  const rest = isThinking ? null : restOf(shown, said);
  return rest === null
    ? { after: { shown, catchingUp: said }, pieces: [] }
    : { after: { shown: said, catchingUp: null }, pieces: rest };
}
