/**
 * The crafted vocabulary: all 256 bytes (any text can be encoded), the integers 0 to 169 (13 x 13) with and without a
 * leading space as one token each, the words of the task, and the special tokens of the chat template.
 *
 * It is written as the merges of a GPT-2 byte-level BPE, so llama.cpp finds the same ids from the GGUF file alone.
 */
export type Vocabulary = {
  /** Token texts in GPT-2's byte alphabet ("Ġ" is a space); the id is the index. */
  readonly tokens: readonly string[];
  /** Pairs "left right", most important first. */
  readonly merges: readonly string[];
  /** Ids at and above this one are special tokens: they are never produced by encoding text. */
  readonly firstSpecial: number;
};

export const USER = "<|user|>";
export const ASSISTANT = "<|assistant|>";
export const END = "<|end|>";

const LARGEST_INTEGER = 169;
/** Rows of the embedding matrix come in multiples of the kernels' panel. */
const TOKENS_MULTIPLE = 8;

// biome-ignore format: a table
const WORDS = [
  " numbers", " the", " to", " make", " of", " from", " and", " (", " ((", " +", " -", " *", " /", " =",
  "Use", "Make", "Game", "Judge", "Answer", "left", "yes", "no", "((", "))",
];

export function createVocabulary(): Vocabulary {
  const integers = Array.from({ length: LARGEST_INTEGER + 1 }, (_, value) => `${value}`);
  const alphabet = byteAlphabet();
  const tokens = new Set<string>(alphabet);
  const merges: string[] = [];
  // "11" before "10": otherwise "110" would be read as "1", "10".
  for (const text of [...integers.map((integer) => ` ${integer}`), ...WORDS, "11", ...integers]) {
    const letters = [...toByteText(new TextEncoder().encode(text), alphabet)];
    let word = letters[0] ?? "";
    for (const letter of letters.slice(1)) {
      if (!tokens.has(word + letter)) {
        tokens.add(word + letter);
        merges.push(`${word} ${letter}`);
      }
      word += letter;
    }
  }
  const firstSpecial = tokens.size;
  for (const special of [USER, ASSISTANT, END]) tokens.add(special);
  for (let i = 0; tokens.size % TOKENS_MULTIPLE !== 0; i++) tokens.add(`<|unused_${i}|>`);
  return { tokens: [...tokens], merges, firstSpecial };
}

/** GPT-2's printable character for each byte: printable bytes stand for themselves, the others follow from U+0100 on. */
export function byteAlphabet(): readonly string[] {
  const isPrintable = (byte: number) => (byte >= 33 && byte <= 126) || (byte >= 161 && byte !== 173);
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(isPrintable(byte) ? byte : next++));
}

export function toByteText(bytes: Uint8Array, alphabet: readonly string[]): string {
  return Array.from(bytes, (byte) => alphabet[byte]).join("");
}
