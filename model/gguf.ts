import { align, createReader, createWriter, GgufError, type Reader, type Writer } from "./gguf-bytes.ts";
import { floatToHalf, halfToFloat } from "./half.ts";

export { GgufError } from "./gguf-bytes.ts";

/**
 * Reading and writing GGUF version 3, the file format of llama.cpp. Tensors of type F32, F16 and Q8_0 are read (into
 * floats); F32 and F16 are written. No file access here: bytes in, bytes out.
 */
export type GgufValue =
  | { readonly type: "u32" | "i32" | "f32" | "u64"; readonly value: number }
  | { readonly type: "boolean"; readonly value: boolean }
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "strings"; readonly value: readonly string[] }
  | { readonly type: "numbers"; readonly value: readonly number[] };

export type GgufTensor = {
  readonly name: string;
  /** Fastest dimension first: [columns, rows] for a row-major matrix. */
  readonly dimensions: readonly number[];
  readonly values: Float32Array;
};

export type GgufFile = { readonly metadata: ReadonlyMap<string, GgufValue>; readonly tensors: readonly GgufTensor[] };

const MAGIC = 0x46554747;
const VERSION = 3;
const ALIGNMENT_BYTES = 32;
const VALUE_TYPE = { u32: 4, i32: 5, f32: 6, boolean: 7, string: 8, array: 9, u64: 10 } as const;
const TENSOR_TYPE = { F32: 0, F16: 1, Q8_0: 8 } as const;
const Q8_BLOCK = 32;

export function readGguf(bytes: Uint8Array): GgufFile {
  const reader = createReader(bytes);
  if (bytes.byteLength < 24 || reader.u32() !== MAGIC) throw new GgufError("this is not a GGUF file");
  const version = reader.u32();
  if (version !== 2 && version !== VERSION) throw new GgufError(`GGUF version ${version} is not supported`);
  const tensorCount = reader.u64();
  const metadataCount = reader.u64();
  const metadata = new Map<string, GgufValue>();
  for (let i = 0; i < metadataCount; i++) {
    const key = reader.string();
    metadata.set(key, readValue(reader, reader.u32()));
  }
  const infos = Array.from({ length: tensorCount }, () => {
    const name = reader.string();
    const dimensions = Array.from({ length: reader.u32() }, () => reader.u64());
    return { name, dimensions, type: reader.u32(), offset: reader.u64() };
  });
  const alignment = metadata.get("general.alignment");
  const start = align(reader.position(), alignment?.type === "u32" ? alignment.value : ALIGNMENT_BYTES);
  const tensors = infos.map(({ name, dimensions, type, offset }) => {
    const count = dimensions.reduce((product, dimension) => product * dimension, 1);
    return { name, dimensions, values: readTensor(bytes, start + offset, count, type, name) };
  });
  return { metadata, tensors };
}

/** Matrices are written in the given type; vectors always as F32, as llama.cpp wants them. */
export function writeGguf(file: GgufFile, matrixType: "F32" | "F16"): Uint8Array {
  const writer = createWriter();
  writer.u32(MAGIC);
  writer.u32(VERSION);
  writer.u64(file.tensors.length);
  writer.u64(file.metadata.size);
  for (const [key, value] of file.metadata) {
    writer.string(key);
    writeValue(writer, value);
  }
  let offset = 0;
  const bodies = file.tensors.map((tensor) => {
    const type = tensor.dimensions.length > 1 ? matrixType : "F32";
    const body = type === "F32" ? floatBytes(tensor.values) : halfBytes(tensor.values);
    writer.string(tensor.name);
    writer.u32(tensor.dimensions.length);
    for (const dimension of tensor.dimensions) writer.u64(dimension);
    writer.u32(TENSOR_TYPE[type]);
    writer.u64(offset);
    offset = align(offset + body.byteLength, ALIGNMENT_BYTES);
    return body;
  });
  for (const body of bodies) {
    writer.pad(ALIGNMENT_BYTES);
    writer.bytes(body);
  }
  return writer.finish();
}

function readValue(reader: Reader, type: number): GgufValue {
  switch (type) {
    case 0:
      return { type: "u32", value: reader.u8() };
    case 1:
      return { type: "i32", value: (reader.u8() << 24) >> 24 };
    case 2:
      return { type: "u32", value: reader.u16() };
    case 3:
      return { type: "i32", value: (reader.u16() << 16) >> 16 };
    case VALUE_TYPE.u32:
      return { type: "u32", value: reader.u32() };
    case VALUE_TYPE.i32:
      return { type: "i32", value: reader.u32() | 0 };
    case VALUE_TYPE.f32:
      return { type: "f32", value: reader.f32() };
    case VALUE_TYPE.boolean:
      return { type: "boolean", value: reader.u8() !== 0 };
    case VALUE_TYPE.string:
      return { type: "string", value: reader.string() };
    case VALUE_TYPE.u64:
    case 11:
      return { type: "u64", value: reader.u64() };
    case 12:
      return { type: "f32", value: reader.f64() };
    case VALUE_TYPE.array: {
      const itemType = reader.u32();
      const items = Array.from({ length: reader.u64() }, () => readValue(reader, itemType).value);
      if (items.every((item) => typeof item === "string")) return { type: "strings", value: items };
      return { type: "numbers", value: items.map(Number) };
    }
    default:
      throw new GgufError(`GGUF value type ${type} is not supported`);
  }
}

function writeValue(writer: Writer, value: GgufValue): void {
  switch (value.type) {
    case "u32":
    case "i32":
      writer.u32(VALUE_TYPE[value.type]);
      writer.u32(value.value);
      return;
    case "u64":
      writer.u32(VALUE_TYPE.u64);
      writer.u64(value.value);
      return;
    case "f32":
      writer.u32(VALUE_TYPE.f32);
      writer.f32(value.value);
      return;
    case "boolean":
      writer.u32(VALUE_TYPE.boolean);
      writer.bytes(Uint8Array.of(value.value ? 1 : 0));
      return;
    case "string":
      writer.u32(VALUE_TYPE.string);
      writer.string(value.value);
      return;
    case "strings":
      writer.u32(VALUE_TYPE.array);
      writer.u32(VALUE_TYPE.string);
      writer.u64(value.value.length);
      for (const item of value.value) writer.string(item);
      return;
    case "numbers":
      writer.u32(VALUE_TYPE.array);
      writer.u32(VALUE_TYPE.i32);
      writer.u64(value.value.length);
      for (const item of value.value) writer.u32(item);
      return;
  }
}

function readTensor(bytes: Uint8Array, start: number, count: number, type: number, name: string): Float32Array {
  const sizes: Record<number, number> = {
    [TENSOR_TYPE.F32]: count * 4,
    [TENSOR_TYPE.F16]: count * 2,
    [TENSOR_TYPE.Q8_0]: (count / Q8_BLOCK) * (Q8_BLOCK + 2),
  };
  const size = sizes[type];
  if (size === undefined) throw new GgufError(`tensor ${name} has type ${type}; only F32, F16 and Q8_0 are supported`);
  if (start + size > bytes.byteLength) throw new GgufError(`the file ends inside tensor ${name}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, size);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    if (type === TENSOR_TYPE.F32) values[i] = view.getFloat32(i * 4, true);
    else if (type === TENSOR_TYPE.F16) values[i] = halfToFloat(view.getUint16(i * 2, true));
    else {
      const block = Math.floor(i / Q8_BLOCK) * (Q8_BLOCK + 2);
      values[i] = halfToFloat(view.getUint16(block, true)) * view.getInt8(block + 2 + (i % Q8_BLOCK));
    }
  }
  return values;
}

function floatBytes(values: Float32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  for (const [index, value] of values.entries()) view.setFloat32(index * 4, value, true);
  return new Uint8Array(view.buffer);
}

function halfBytes(values: Float32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 2));
  for (const [index, value] of values.entries()) view.setUint16(index * 2, floatToHalf(value), true);
  return new Uint8Array(view.buffer);
}
