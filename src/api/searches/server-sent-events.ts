/** Wraps each line as one server-sent event. Lines may arrive cut anywhere. */
export function ndjsonToServerSentEvents(lines: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  let rest = "";
  return lines
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(
      new TransformStream<string, string>({
        transform: (text, controller) => {
          const parts = (rest + text).split("\n");
          rest = parts.pop() ?? "";
          for (const line of parts) controller.enqueue(`data: ${line}\n\n`);
        },
      }),
    )
    .pipeThrough(new TextEncoderStream());
}
