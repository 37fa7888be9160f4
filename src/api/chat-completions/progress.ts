/** Says what a search does, a sentence at a time, until it has ended or `say` throws. */
export type Tell = (say: (sentence: string) => Promise<void>) => Promise<void>;

/** Nothing is said after `stop`: what follows in the stream is the answer. A teller that fails costs only its words. */
export function tellUntilStopped(tell: Tell, say: (sentence: string) => Promise<void>): { stop(): void } {
  let isStopped = false;
  tell(async (sentence) => {
    if (isStopped) throw new Error("nobody listens any more");
    await say(sentence);
  }).catch(() => {});
  return {
    stop: () => {
      isStopped = true;
    },
  };
}
