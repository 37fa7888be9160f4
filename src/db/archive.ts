/**
 * The logs of ended searches in R2: one object each, newline-delimited JSON events, gzip. Its key begins with the tenant,
 * so that a foreign id leads nowhere (T8) and a tenant's archive is one prefix.
 */
export function archiveKeyOf(tenantId: string, searchId: string): string {
  return `searches/${encodeURIComponent(tenantId)}/${searchId}.ndjson.gz`;
}

/** What of the bucket is used here. */
export type Bucket = Pick<R2Bucket, "put" | "get" | "delete">;

/**
 * Idempotent: the same log is the same bytes under the same key. `pages` are read one at a time, and only what they are
 * compressed to is held in memory: R2 wants to know the length before it takes anything.
 */
export async function writeArchive(bucket: Bucket, key: string, pages: Iterable<readonly object[]>): Promise<void> {
  const { readable, writable } = new CompressionStream("gzip");
  const compressed = new Response(readable).arrayBuffer();
  const writer = writable.getWriter();
  const encoder = new TextEncoder();
  const written = (async () => {
    for (const page of pages)
      await writer.write(encoder.encode(page.map((one) => `${JSON.stringify(one)}\n`).join("")));
    await writer.close();
  })();
  const [bytes] = await Promise.all([compressed, written]);
  const httpMetadata = { contentType: "application/x-ndjson", contentEncoding: "gzip" };
  await bucket.put(key, bytes, { httpMetadata });
}

/** The log as newline-delimited JSON; null where there is none. */
export async function readArchive(bucket: Bucket, key: string): Promise<ReadableStream<Uint8Array> | null> {
  const object = await bucket.get(key);
  // As it was stored: nothing between here and the bucket undoes the compression.
  return object === null ? null : object.body.pipeThrough(new DecompressionStream("gzip"));
}
