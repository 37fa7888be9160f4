/** Never negotiated by Accept: the SDKs ask for application/json and mean a stream (WIRE.md 1.4). */
export const STREAM_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
};

/** Not compressed: gzip swallows the whitespace until the end (measured), and nothing keeps the connection alive. */
export const WHITESPACE_HEADERS = {
  "content-type": "application/json",
  "content-encoding": "identity",
  "cache-control": "no-cache, no-transform",
};
