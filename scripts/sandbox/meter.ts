/**
 * Puts a fuel gauge into a WebAssembly module: every turn of a loop and every call of a function takes one unit, every
 * bulk copy or fill one per 64 bytes, and at zero the module traps. The gauge is exported as the mutable global `fuel`.
 *
 * A clock cannot bound guest programs, since it stands still during execution in production, and neither can an
 * interpreter's own interrupt handler: `Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)` runs for years inside one
 * native loop of QuickJS without asking it once. Counting in the machine code leaves no loop out, and stops at the same
 * instruction on every machine.
 *
 * Knows WebAssembly 1.0 with sign extension, saturating conversion, bulk memory and reference types, as Emscripten
 * writes it; anything else is refused. Custom sections (names, producers) are dropped.
 */
export function meter(wasm: Uint8Array): Uint8Array<ArrayBuffer> {
  const sections = readSections(wasm);
  const sectionOf = (id: SectionId): Uint8Array => sections.find((one) => one.id === id)?.body ?? Uint8Array.of(0);
  const parameterCounts = readParameterCounts(sectionOf(SECTION.type));
  const imports = readImports(sectionOf(SECTION.import));
  const functionTypes = readVector(sectionOf(SECTION.function), (reader) => reader.unsigned());
  const fuel = imports.globals + new Reader(sectionOf(SECTION.global)).unsigned();

  // A module with neither globals nor exports gets the sections for them, where their order wants them.
  const kept = sections.filter(({ id }) => id !== SECTION.custom);
  for (const id of [SECTION.global, SECTION.export]) {
    if (kept.some((one) => one.id === id)) continue;
    const after = kept.findLastIndex((one) => one.id < id);
    kept.splice(after + 1, 0, { id, body: Uint8Array.of(0) });
  }
  const out: number[][] = [[...wasm.subarray(0, 8)]];
  for (const { id, body } of kept) {
    out.push([id, ...sized(rewrite(id, body))]);
  }
  return Uint8Array.from(out.flat());

  function rewrite(id: SectionId, body: Uint8Array): number[] {
    if (id === SECTION.global) return append(body, [I32, MUTABLE, OP.i32Const, ...signed(FULL), OP.end]);
    if (id === SECTION.export) return append(body, [...name("fuel"), KIND_GLOBAL, ...unsigned(fuel)]);
    if (id !== SECTION.code) return [...body];
    const reader = new Reader(body);
    const count = reader.unsigned();
    const bodies: number[] = [];
    for (let index = 0; index < count; index++) {
      const size = reader.unsigned();
      const parameters = parameterCounts[functionTypes[index] ?? -1];
      if (parameters === undefined) throw new Error(`function ${index} has no type`);
      for (const byte of sized(meterFunction(reader.bytes(size), parameters, fuel))) bodies.push(byte);
    }
    return [...unsigned(count), ...bodies];
  }
}

/** Until the host sets it. */
const FULL = 2 ** 31 - 1;
/** A bulk operation moves this many bytes for one unit: 2 ** 6. */
const BULK_SHIFT = 6;

const SECTION = { custom: 0, type: 1, import: 2, function: 3, global: 6, export: 7, code: 10 } as const;
type SectionId = number;
const I32 = 0x7f;
const MUTABLE = 1;
const KIND_GLOBAL = 3;
const EMPTY_BLOCK = 0x40;
const OP = {
  unreachable: 0x00,
  loop: 0x03,
  if: 0x04,
  end: 0x0b,
  localGet: 0x20,
  localSet: 0x21,
  globalGet: 0x23,
  globalSet: 0x24,
  i32Const: 0x41,
  i32LessSigned: 0x48,
  i32Subtract: 0x6b,
  i32ShiftRightUnsigned: 0x76,
  bulk: 0xfc,
} as const;
const BULK_COPY = 10;
const BULK_FILL = 11;

function meterFunction(body: Uint8Array, parameters: number, fuel: number): number[] {
  const reader = new Reader(body);
  const groups = reader.unsigned();
  let locals = parameters;
  for (let group = 0; group < groups; group++) {
    locals += reader.unsigned();
    reader.byte();
  }
  const declared = body.subarray(new Reader(body).skipUnsigned(), reader.position);
  const size = locals;
  // One local more: a bulk operation's size, taken from the stack and put back.
  const out = [...unsigned(groups + 1), ...declared, 1, I32];
  const take = (amount: readonly number[]): void => {
    out.push(OP.globalGet, ...unsigned(fuel), ...amount, OP.i32Subtract, OP.globalSet, ...unsigned(fuel));
    out.push(OP.globalGet, ...unsigned(fuel), OP.i32Const, 0, OP.i32LessSigned);
    out.push(OP.if, EMPTY_BLOCK, OP.unreachable, OP.end);
  };
  take([OP.i32Const, 1]);
  while (!reader.isDone) {
    const start = reader.position;
    const code = skipInstruction(reader);
    if (code === OP.bulk) {
      const operation = new Reader(body, start + 1).unsigned();
      if (operation === BULK_COPY || operation === BULK_FILL) {
        out.push(OP.localSet, ...unsigned(size));
        take([OP.localGet, ...unsigned(size), OP.i32Const, BULK_SHIFT, OP.i32ShiftRightUnsigned]);
        out.push(OP.localGet, ...unsigned(size));
      }
    }
    for (let index = start; index < reader.position; index++) out.push(body[index] ?? 0);
    if (code === OP.loop) take([OP.i32Const, 1]);
  }
  return out;
}

/** Moves past one instruction and its immediates; returns its first byte. */
function skipInstruction(reader: Reader): number {
  const code = reader.byte();
  const isMemoryAccess = code >= 0x28 && code <= 0x3e;
  const isPlain = (code >= 0x45 && code <= 0xc4) || [0x00, 0x01, 0x05, 0x0b, 0x0f, 0x1a, 0x1b, 0xd1].includes(code);
  const isIndexed = (code >= 0x20 && code <= 0x26) || [0x0c, 0x0d, 0x10, 0x3f, 0x40, 0xd0, 0xd2].includes(code);
  if (isPlain) return code;
  if (isIndexed) reader.skipUnsigned();
  else if (isMemoryAccess || code === 0x11) reader.skip(2);
  else if (code >= 0x02 && code <= 0x04) reader.skip(1);
  else if (code === 0x41 || code === 0x42) reader.skip(1);
  else if (code === 0x43) reader.bytes(4);
  else if (code === 0x44) reader.bytes(8);
  else if (code === 0x0e) reader.skip(reader.unsigned() + 1);
  else if (code === 0x1c) reader.bytes(reader.unsigned());
  else if (code === OP.bulk) skipBulk(reader);
  else throw new Error(`instruction 0x${code.toString(16)} is not known`);
  return code;
}

function skipBulk(reader: Reader): void {
  const operation = reader.unsigned();
  if (operation > 17) throw new Error(`instruction 0xfc ${operation} is not known`);
  if (operation >= 8) reader.skip([8, 10, 12, 14].includes(operation) ? 2 : 1);
}

function readSections(wasm: Uint8Array): { readonly id: SectionId; readonly body: Uint8Array }[] {
  const reader = new Reader(wasm, 8);
  const sections = [];
  while (!reader.isDone) sections.push({ id: reader.byte(), body: reader.bytes(reader.unsigned()) });
  return sections;
}

function readParameterCounts(body: Uint8Array): readonly number[] {
  return readVector(body, (reader) => {
    if (reader.byte() !== 0x60) throw new Error("a type that is no function is not known");
    const count = reader.unsigned();
    reader.bytes(count);
    reader.bytes(reader.unsigned());
    return count;
  });
}

function readImports(body: Uint8Array): { readonly globals: number } {
  const kinds = readVector(body, (reader) => {
    reader.bytes(reader.unsigned());
    reader.bytes(reader.unsigned());
    const kind = reader.byte();
    if (kind === 0) reader.skip(1);
    else if (kind === KIND_GLOBAL) reader.bytes(2);
    else {
      if (kind === 1) reader.byte();
      reader.skip(reader.byte() & 1 ? 2 : 1);
    }
    return kind;
  });
  return { globals: kinds.filter((kind) => kind === KIND_GLOBAL).length };
}

function readVector<Item>(body: Uint8Array, read: (reader: Reader) => Item): Item[] {
  const reader = new Reader(body);
  return Array.from({ length: reader.unsigned() }, () => read(reader));
}

class Reader {
  private readonly data: Uint8Array;
  position: number;
  constructor(data: Uint8Array, position = 0) {
    this.data = data;
    this.position = position;
  }
  get isDone(): boolean {
    return this.position >= this.data.length;
  }
  byte(): number {
    const byte = this.data[this.position++];
    if (byte === undefined) throw new Error("the module ends too early");
    return byte;
  }
  bytes(count: number): Uint8Array {
    this.position += count;
    return this.data.subarray(this.position - count, this.position);
  }
  unsigned(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }
  /** Past one LEB128 number, signed or not; returns the position after it. */
  skipUnsigned(): number {
    while (this.byte() >= 0x80);
    return this.position;
  }
  skip(count: number): void {
    for (let index = 0; index < count; index++) this.skipUnsigned();
  }
}

/** A vector section with one item more. */
function append(body: Uint8Array, item: readonly number[]): number[] {
  const reader = new Reader(body);
  const count = reader.unsigned();
  return [...unsigned(count + 1), ...body.subarray(reader.position), ...item];
}

function sized(bytes: readonly number[]): number[] {
  const out = unsigned(bytes.length);
  for (const byte of bytes) out.push(byte);
  return out;
}

function name(text: string): number[] {
  return sized([...new TextEncoder().encode(text)]);
}

function unsigned(value: number): number[] {
  const out: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...out, rest];
    out.push((rest % 128) | 0x80);
  }
}

function signed(value: number): number[] {
  const out: number[] = [];
  for (let rest = value; ; rest >>= 7) {
    const byte = rest & 0x7f;
    if ((rest >> 7 === 0 && byte < 64) || (rest >> 7 === -1 && byte >= 64)) return [...out, byte];
    out.push(byte | 0x80);
  }
}
