import type { TokenLogprob } from "../../core/model.ts";

/** A piece is at least so long where words allow it, and never longer than the other. In UTF-16 units. */
const LEAST_LENGTH = 8;
const MOST_LENGTH = 40;

export interface SteadyPiece {
  readonly text: string;
  /** Those that begin in it. */
  readonly tokens: readonly TokenLogprob[];
}

/**
 * Cuts a text that is still growing, always at the same places: before a word, or where a piece has become too long. How
 * the text came makes no difference, so that a stream that is resumed goes on where the one before stopped.
 */
export interface Splitter {
  /** The pieces that are whole now. */
  take(text: string, tokens: readonly TokenLogprob[]): SteadyPiece[];
  /** What is left; [] for nothing. */
  end(): SteadyPiece[];
}

export function createSplitter(): Splitter {
  let left = "";
  /** Where `left` begins in the whole text, and where the next token will. */
  let position = 0;
  let nextToken = 0;
  let waiting: readonly { readonly token: TokenLogprob; readonly begins: number }[] = [];

  const cut = (length: number): SteadyPiece => {
    const text = left.slice(0, length);
    left = left.slice(length);
    position += length;
    const later = waiting.findIndex(({ begins }) => begins >= position);
    const count = later < 0 ? waiting.length : later;
    const tokens = waiting.slice(0, count).map(({ token }) => token);
    waiting = waiting.slice(count);
    return { text, tokens };
  };

  return {
    take: (text, tokens) => {
      left += text;
      const come = tokens.map((token) => {
        const begins = nextToken;
        nextToken += token.token.length;
        return { token, begins };
      });
      if (come.length > 0) waiting = [...waiting, ...come];
      const pieces: SteadyPiece[] = [];
      for (let length = pieceLength(left); length !== null; length = pieceLength(left)) pieces.push(cut(length));
      return pieces;
    },
    end: () => (left === "" ? [] : [cut(left.length)]),
  };
}

/** Of the first piece; null while it may still grow. */
function pieceLength(text: string): number | null {
  const word = text.slice(LEAST_LENGTH, MOST_LENGTH).search(/\s/);
  if (word >= 0) return LEAST_LENGTH + word;
  if (text.length <= MOST_LENGTH) return null;
  // Not between the halves of a surrogate pair.
  const last = text.charCodeAt(MOST_LENGTH - 1);
  return last >= 0xd800 && last < 0xdc00 ? MOST_LENGTH - 1 : MOST_LENGTH;
}
