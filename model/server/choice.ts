import type { GeneratedToken, ServedModel } from "./served-model.ts";

/** One entry of choices[].logprobs.content[], as OpenAI writes it. */
export type TokenLogprob = {
  readonly token: string;
  readonly logprob: number;
  readonly bytes: readonly number[];
  readonly top_logprobs: readonly {
    readonly token: string;
    readonly logprob: number;
    readonly bytes: readonly number[];
  }[];
};

/** Text that may be shown now, and the log-probabilities of its tokens. */
export type Delta = { readonly text: string; readonly logprobs: readonly TokenLogprob[] };

/**
 * Collects the tokens of one choice: finds stop sequences, and holds back text that might be the beginning of one or an
 * unfinished character, so that a stream never has to take anything back.
 */
export type ChoiceText = {
  /** `isStopped` is true when a stop sequence is complete: it and what follows are dropped. */
  add(token: GeneratedToken): { readonly delta: Delta; readonly isStopped: boolean };
  /** What was still held back at the end. */
  finish(): Delta;
};

export function createChoiceText(model: ServedModel, stop: readonly string[], wantsLogprobs: boolean): ChoiceText {
  const decoder = new TextDecoder();
  const longestStop = Math.max(0, ...stop.map((sequence) => sequence.length));
  /** Decoded but not yet shown. */
  let held = "";
  /** Each token whose text is still held, with the length of `held` before it. */
  let pending: { readonly start: number; readonly logprob: TokenLogprob }[] = [];

  return { add, finish };

  function add(generated: GeneratedToken) {
    const start = held.length;
    held += decoder.decode(model.tokenBytes(generated.token), { stream: true });
    if (wantsLogprobs && !generated.isEnd) pending.push({ start, logprob: toLogprob(generated) });
    const cut = Math.min(...stop.map((sequence) => indexIn(held, sequence)));
    if (cut !== Number.POSITIVE_INFINITY) {
      const delta = show(cut);
      held = "";
      pending = [];
      return { delta, isStopped: true };
    }
    return { delta: show(held.length - heldBack()), isStopped: false };
  }

  function finish(): Delta {
    held += decoder.decode();
    return show(held.length);
  }

  /** Shows the first `length` characters; a token goes with its first character. */
  function show(length: number): Delta {
    const isShown = (start: number) => start < length || (start === length && length === held.length);
    const logprobs = pending.filter((token) => isShown(token.start)).map((token) => token.logprob);
    pending = pending
      .filter((token) => !isShown(token.start))
      .map((token) => ({ ...token, start: token.start - length }));
    const text = held.slice(0, length);
    held = held.slice(length);
    return { text, logprobs };
  }

  /** The length of the longest end of the held text that a stop sequence begins with. */
  function heldBack(): number {
    for (let length = Math.min(longestStop - 1, held.length); length > 0; length--) {
      const end = held.slice(held.length - length);
      if (stop.some((sequence) => sequence.startsWith(end))) return length;
    }
    return 0;
  }

  function toLogprob({ token, logprob, top }: GeneratedToken): TokenLogprob {
    return {
      ...describe(token),
      logprob,
      top_logprobs: top.map((other) => ({ ...describe(other.token), logprob: other.logprob })),
    };
  }

  function describe(token: number) {
    const bytes = model.tokenBytes(token);
    return { token: new TextDecoder().decode(bytes), bytes: [...bytes] };
  }
}

function indexIn(text: string, sequence: string): number {
  const index = text.indexOf(sequence);
  return index === -1 ? Number.POSITIVE_INFINITY : index;
}
