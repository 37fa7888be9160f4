/** The bytes were no GGUF file, or one of a kind that this reader does not know. */
export class GgufError extends Error {}

/** The next multiple of the alignment. */
export function align(offset: number, alignment: number): number {
  return Math.ceil(offset / alignment) * alignment;
}

export type Reader = ReturnType<typeof createReader>;

/** Reads little-endian values one after the other. */
export function createReader(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const take = (size: number) => {
    if (at + size > bytes.byteLength) throw new GgufError("the GGUF file ends too early");
    at += size;
    return at - size;
  };
  const u64 = () => Number(view.getBigUint64(take(8), true));
  return {
    position: () => at,
    u8: () => view.getUint8(take(1)),
    u16: () => view.getUint16(take(2), true),
    u32: () => view.getUint32(take(4), true),
    u64,
    f32: () => view.getFloat32(take(4), true),
    f64: () => view.getFloat64(take(8), true),
    string: () => {
      const size = u64();
      const start = take(size);
      return new TextDecoder().decode(bytes.subarray(start, start + size));
    },
  };
}

export type Writer = ReturnType<typeof createWriter>;

/** Collects little-endian values one after the other. */
export function createWriter() {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const bytes = (chunk: Uint8Array) => {
    chunks.push(chunk);
    size += chunk.byteLength;
  };
  const number = (width: number, set: (view: DataView) => void) => {
    const view = new DataView(new ArrayBuffer(width));
    set(view);
    bytes(new Uint8Array(view.buffer));
  };
  const u64 = (value: number) => number(8, (view) => view.setBigUint64(0, BigInt(value), true));
  return {
    bytes,
    u32: (value: number) => number(4, (view) => view.setUint32(0, value, true)),
    u64,
    f32: (value: number) => number(4, (view) => view.setFloat32(0, value, true)),
    string: (value: string) => {
      const encoded = new TextEncoder().encode(value);
      u64(encoded.byteLength);
      bytes(encoded);
    },
    pad: (alignment: number) => bytes(new Uint8Array(align(size, alignment) - size)),
    finish: () => {
      const whole = new Uint8Array(size);
      let at = 0;
      for (const chunk of chunks) {
        whole.set(chunk, at);
        at += chunk.byteLength;
      }
      return whole;
    },
  };
}
