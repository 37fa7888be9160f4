/** Passes lines on from the `from`-th, the first being 0. They may arrive cut anywhere. */
export function linesFrom(from: number): TransformStream<Uint8Array, Uint8Array> {
  const newline = "\n".charCodeAt(0);
  let passed = 0;
  return new TransformStream({
    transform: (chunk, controller) => {
      let start = 0;
      while (passed < from) {
        const end = chunk.indexOf(newline, start);
        if (end === -1) return;
        start = end + 1;
        passed++;
      }
      if (start < chunk.length) controller.enqueue(chunk.subarray(start));
    },
  });
}
