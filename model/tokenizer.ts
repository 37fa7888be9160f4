import { byteAlphabet, toByteText, type Vocabulary } from "./vocabulary.ts";

export type Tokenizer = {
  /** Token ids of a text. Special tokens inside the text are plain characters: a user cannot forge a turn. */
  encode(text: string): readonly number[];
  /** The bytes a token stands for; none for special tokens. */
  bytes(token: number): Uint8Array;
  /** The text of a list of tokens; bytes that are no UTF-8 become U+FFFD. */
  decode(tokens: readonly number[]): string;
  /** The id of a special token by its name. */
  special(name: string): number;
  readonly vocabulary: Vocabulary;
};

/** GPT-2's split into words, the pre-tokenizer that llama.cpp calls "gpt-2". */
const WORDS = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

export function createTokenizer(vocabulary: Vocabulary): Tokenizer {
  const { tokens, merges, firstSpecial } = vocabulary;
  const alphabet = byteAlphabet();
  const byteByLetter = new Map(alphabet.map((letter, byte) => [letter, byte]));
  const idByToken = new Map(tokens.map((token, id) => [token, id]));
  const rankByMerge = new Map(merges.map((merge, rank) => [merge, rank]));
  const bytesById = tokens.map((token, id) =>
    id >= firstSpecial ? new Uint8Array() : Uint8Array.from([...token], (letter) => byteByLetter.get(letter) ?? 0),
  );
  const idsByWord = new Map<string, readonly number[]>();

  return { encode, bytes, decode, special, vocabulary };

  function encode(text: string): readonly number[] {
    const ids: number[] = [];
    for (const [word] of text.matchAll(WORDS)) {
      let wordIds = idsByWord.get(word);
      if (wordIds === undefined) {
        wordIds = encodeWord(toByteText(new TextEncoder().encode(word), alphabet));
        if (idsByWord.size < 10_000) idsByWord.set(word, wordIds);
      }
      for (const id of wordIds) ids.push(id);
    }
    return ids;
  }

  /** Merges the adjacent pair of lowest rank until none is left. */
  function encodeWord(word: string): readonly number[] {
    const parts = [...word];
    for (;;) {
      let best = Number.POSITIVE_INFINITY;
      let at = -1;
      for (let i = 0; i + 1 < parts.length; i++) {
        const rank = rankByMerge.get(`${parts[i]} ${parts[i + 1]}`) ?? Number.POSITIVE_INFINITY;
        if (rank < best) {
          best = rank;
          at = i;
        }
      }
      if (at === -1) break;
      parts.splice(at, 2, `${parts[at]}${parts[at + 1]}`);
    }
    return parts.map((part) => idByToken.get(part) ?? 0);
  }

  function bytes(token: number): Uint8Array {
    return bytesById[token] ?? new Uint8Array();
  }

  function decode(ids: readonly number[]): string {
    return new TextDecoder().decode(Uint8Array.from(ids.flatMap((id) => [...bytes(id)])));
  }

  function special(name: string): number {
    const id = idByToken.get(name);
    if (id === undefined || id < firstSpecial) throw new Error(`the vocabulary has no special token ${name}`);
    return id;
  }
}
