export function sleep(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}

/** Null when `delayMs` pass first. */
export function within<T>(promise: Promise<T>, delayMs: number): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(null), delayMs);
    promise.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}

/** The promise, with `beat` called whenever it has kept still for so long. What `beat` throws ends the waiting. */
export async function withHeartbeats<T>(promise: Promise<T>, everyMs: number, beat: () => Promise<void>): Promise<T> {
  // In a box: null may be what is waited for.
  const boxed = promise.then((value) => ({ value }));
  for (;;) {
    const come = await within(boxed, everyMs);
    if (come !== null) return come.value;
    await beat();
  }
}
