import { CHAT_TEMPLATE } from "./chat.ts";
import { GgufError, type GgufFile, type GgufTensor, type GgufValue, readGguf, writeGguf } from "./gguf.ts";
import { type ModelShape, type Parameter, parameterCount, parametersOf } from "./shape.ts";
import { createTokenizer, type Tokenizer } from "./tokenizer.ts";
import { END, type Vocabulary } from "./vocabulary.ts";

/** A model as the engine runs it. */
export type Model = {
  readonly name: string;
  readonly description: string;
  readonly shape: ModelShape;
  readonly parameters: Float32Array;
  readonly tokenizer: Tokenizer;
};

const RMS_EPSILON = 1e-5;
const TOKEN_NORMAL = 1;
const TOKEN_CONTROL = 3;

export type ModelParts = Omit<Model, "tokenizer"> & { readonly vocabulary: Vocabulary };

/**
 * The GGUF file of a model: llama architecture, GPT-2 BPE, F16 matrices. Training uses llama.cpp's own order of the rotary
 * pairs, so no rows are permuted.
 */
export function modelToGguf(model: ModelParts): Uint8Array {
  const { shape, vocabulary } = model;
  const u32 = (value: number): GgufValue => ({ type: "u32", value });
  const string = (value: string): GgufValue => ({ type: "string", value });
  const end = vocabulary.tokens.indexOf(END);
  const metadata = new Map<string, GgufValue>([
    ["general.architecture", string("llama")],
    ["general.name", string(model.name)],
    ["general.description", string(model.description)],
    ["general.license", string("apache-2.0")],
    ["general.file_type", u32(1)],
    ["llama.vocab_size", u32(shape.vocabulary)],
    ["llama.context_length", u32(shape.context)],
    ["llama.embedding_length", u32(shape.width)],
    ["llama.block_count", u32(shape.layers)],
    ["llama.feed_forward_length", u32(shape.feedForward)],
    ["llama.attention.head_count", u32(shape.heads)],
    ["llama.attention.head_count_kv", u32(shape.heads)],
    ["llama.attention.layer_norm_rms_epsilon", { type: "f32", value: RMS_EPSILON }],
    ["llama.rope.dimension_count", u32(shape.width / shape.heads)],
    ["llama.rope.freq_base", { type: "f32", value: shape.ropeBase }],
    ["tokenizer.ggml.model", string("gpt2")],
    ["tokenizer.ggml.pre", string("gpt-2")],
    ["tokenizer.ggml.tokens", { type: "strings", value: vocabulary.tokens }],
    [
      "tokenizer.ggml.token_type",
      {
        type: "numbers",
        value: vocabulary.tokens.map((_, id) => (id < vocabulary.firstSpecial ? TOKEN_NORMAL : TOKEN_CONTROL)),
      },
    ],
    ["tokenizer.ggml.merges", { type: "strings", value: vocabulary.merges }],
    ["tokenizer.ggml.bos_token_id", u32(end)],
    ["tokenizer.ggml.eos_token_id", u32(end)],
    ["tokenizer.ggml.add_bos_token", { type: "boolean", value: false }],
    ["tokenizer.chat_template", string(CHAT_TEMPLATE)],
  ]);
  const tensors = parametersOf(shape).flatMap((parameter) =>
    tensorNames(parameter, shape).map(({ name, rows, firstRow }): GgufTensor => {
      const start = parameter.offset + firstRow * parameter.columns;
      const dimensions = parameter.rows === 1 ? [parameter.columns] : [parameter.columns, rows];
      return { name, dimensions, values: model.parameters.slice(start, start + rows * parameter.columns) };
    }),
  );
  return writeGguf({ metadata, tensors }, "F16");
}

/**
 * Reads a model of the documented subset: llama architecture without grouped queries, biases or an output matrix of its
 * own, GPT-2 BPE, tensors in F32, F16 or Q8_0, and Espalier's chat template. Throws GgufError with the reason otherwise.
 */
export function modelFromGguf(bytes: Uint8Array): Model {
  const file = readGguf(bytes);
  requireString(file, "general.architecture", "llama");
  requireString(file, "tokenizer.ggml.model", "gpt2");
  requireString(file, "tokenizer.ggml.pre", "gpt-2");
  requireString(file, "tokenizer.chat_template", CHAT_TEMPLATE);
  const tokens = strings(file, "tokenizer.ggml.tokens");
  const types = file.metadata.get("tokenizer.ggml.token_type");
  const firstControl = types?.type === "numbers" ? types.value.indexOf(TOKEN_CONTROL) : -1;
  const shape: ModelShape = {
    vocabulary: tokens.length,
    width: number(file, "llama.embedding_length"),
    layers: number(file, "llama.block_count"),
    heads: number(file, "llama.attention.head_count"),
    feedForward: number(file, "llama.feed_forward_length"),
    context: number(file, "llama.context_length"),
    ropeBase: number(file, "llama.rope.freq_base"),
  };
  if (number(file, "llama.attention.head_count_kv") !== shape.heads)
    throw new GgufError("grouped-query attention is not supported");
  if (Math.abs(number(file, "llama.attention.layer_norm_rms_epsilon") - RMS_EPSILON) > 1e-8)
    throw new GgufError("only an RMS epsilon of 1e-5 is supported");
  const headDim = shape.width / shape.heads;
  if ([shape.vocabulary, shape.width, shape.feedForward].some((size) => size % 8 !== 0) || headDim % 4 !== 0)
    throw new GgufError("vocabulary, width and feed-forward width must be multiples of 8, heads of 4");

  const parameters = new Float32Array(parameterCount(shape));
  const tensorByName = new Map(file.tensors.map((tensor) => [tensor.name, tensor]));
  for (const parameter of parametersOf(shape)) {
    for (const { name, rows, firstRow } of tensorNames(parameter, shape)) {
      const tensor = tensorByName.get(name);
      if (tensor === undefined) throw new GgufError(`the tensor ${name} is missing`);
      if (tensor.values.length !== rows * parameter.columns)
        throw new GgufError(`the tensor ${name} has an unexpected size`);
      parameters.set(tensor.values, parameter.offset + firstRow * parameter.columns);
      tensorByName.delete(name);
    }
  }
  const [unknown] = tensorByName.keys();
  if (unknown !== undefined) throw new GgufError(`the tensor ${unknown} is not supported`);
  const vocabulary: Vocabulary = {
    tokens,
    merges: strings(file, "tokenizer.ggml.merges"),
    firstSpecial: firstControl === -1 ? tokens.length : firstControl,
  };
  const text = (key: string) => {
    const value = file.metadata.get(key);
    return value?.type === "string" ? value.value : "";
  };
  return {
    name: text("general.name"),
    description: text("general.description"),
    shape,
    parameters,
    tokenizer: createTokenizer(vocabulary),
  };
}

/** The tensors of llama.cpp that make up one of our parameters, from its first row on. */
function tensorNames(parameter: Parameter, shape: ModelShape) {
  const [head = "", field = ""] = parameter.name.split(".");
  const block = head.replace("layer", "blk.");
  const { width, feedForward } = shape;
  const whole = (name: string) => [{ name, rows: parameter.rows, firstRow: 0 }];
  switch (field) {
    case "":
      return whole(head === "embedding" ? "token_embd.weight" : "output_norm.weight");
    case "attentionNorm":
      return whole(`${block}.attn_norm.weight`);
    case "queryKeyValue":
      return ["q", "k", "v"].map((letter, index) => ({
        name: `${block}.attn_${letter}.weight`,
        rows: width,
        firstRow: index * width,
      }));
    case "attentionOutput":
      return whole(`${block}.attn_output.weight`);
    case "feedForwardNorm":
      return whole(`${block}.ffn_norm.weight`);
    case "gateUp":
      return ["gate", "up"].map((word, index) => ({
        name: `${block}.ffn_${word}.weight`,
        rows: feedForward,
        firstRow: index * feedForward,
      }));
    default:
      return whole(`${block}.ffn_down.weight`);
  }
}

function requireString(file: GgufFile, key: string, expected: string): void {
  const value = file.metadata.get(key);
  if (value?.type !== "string" || value.value !== expected)
    throw new GgufError(`${key} is ${JSON.stringify(value?.value)}; only ${JSON.stringify(expected)} is supported`);
}

function strings(file: GgufFile, key: string): readonly string[] {
  const value = file.metadata.get(key);
  if (value?.type !== "strings") throw new GgufError(`${key} is missing`);
  return value.value;
}

function number(file: GgufFile, key: string): number {
  const value = file.metadata.get(key);
  if (typeof value?.value !== "number") throw new GgufError(`${key} is missing`);
  return value.value;
}
