import { type Parameter, parametersOf } from "../shape.ts";
import type { Batch } from "./batch.ts";
import type { TrainingKernels } from "./kernels.ts";
import { type MemoryMap, mapScratch, SHARD_STATISTICS } from "./memory.ts";
import type { TrainingPlan } from "./plan.ts";

/** Runs the forward and the backward pass of one shard: fills its gradient and its statistics. */
export type ShardRunner = (shard: number, batch: Batch) => void;

export function createShardRunner(
  plan: TrainingPlan,
  kernels: TrainingKernels,
  memory: WebAssembly.Memory,
  map: MemoryMap,
  worker: number,
): ShardRunner {
  const { width, heads, layers, feedForward, vocabulary } = plan.shape;
  const headDim = width / heads;
  const scratch = mapScratch(plan, map.scratch[worker] ?? 0);
  const floats = new Float32Array(memory.buffer);
  const words = new Int32Array(memory.buffer);
  const statistics = new Float64Array(memory.buffer);
  const parameterByName = new Map(parametersOf(plan.shape).map((parameter) => [parameter.name, parameter]));

  return (shard, batch) => {
    const rows = batch.tokens.length;
    const targets = batch.targets.length;
    const gradients = map.gradients[shard] ?? 0;
    floats.fill(0, gradients >> 2, (gradients >> 2) + map.parameterCount);
    words.set(batch.tokens, scratch.tokens >> 2);
    words.set(batch.positions, scratch.positions >> 2);
    words.set(
      batch.targets.map((target) => target.index),
      scratch.targetIndices >> 2,
    );
    forward(rows);
    kernels.gatherRows(targets, width, scratch.output, scratch.targetIndices, scratch.selected);
    kernels.rmsNorm(
      targets,
      width,
      scratch.selected,
      value("outputNorm"),
      scratch.selectedNormed,
      scratch.selectedInverse,
    );
    product(targets, scratch.selectedNormed, "embedding", scratch.logits, false);
    loss(shard, batch);
    backward(rows, targets, gradients);
  };

  function forward(rows: number): void {
    kernels.gatherRows(rows, width, value("embedding"), scratch.tokens, scratch.layers[0]?.input ?? 0);
    for (const [index, layer] of scratch.layers.entries()) {
      const name = `layer${index}` as const;
      const output = scratch.layers[index + 1]?.input ?? scratch.output;
      kernels.rmsNorm(
        rows,
        width,
        layer.input,
        value(`${name}.attentionNorm`),
        layer.attentionNormed,
        layer.attentionInverse,
      );
      product(rows, layer.attentionNormed, `${name}.queryKeyValue`, layer.queryKeyValue, false);
      kernels.rope(rows, 2 * heads, headDim, layer.queryKeyValue, 3 * width, scratch.positions, map.ropeTable, 1);
      kernels.attention(
        rows,
        heads,
        headDim,
        layer.queryKeyValue,
        scratch.positions,
        layer.attentionWeights,
        layer.attended,
      );
      copy(rows * width, layer.input, layer.middle);
      product(rows, layer.attended, `${name}.attentionOutput`, layer.middle, true);
      kernels.rmsNorm(
        rows,
        width,
        layer.middle,
        value(`${name}.feedForwardNorm`),
        layer.feedForwardNormed,
        layer.feedForwardInverse,
      );
      product(rows, layer.feedForwardNormed, `${name}.gateUp`, layer.gateUp, false);
      kernels.gatedSilu(rows, feedForward, layer.gateUp, layer.hidden);
      copy(rows * width, layer.middle, output);
      product(rows, layer.hidden, `${name}.down`, output, true);
    }
  }

  /** Turns the logits into their gradient, weight * (softmax - target), and sums up the statistics. */
  function loss(shard: number, batch: Batch): void {
    let total = 0;
    let weights = 0;
    let verdictLoss = 0;
    let verdicts = 0;
    let hits = 0;
    for (const [row, target] of batch.targets.entries()) {
      const start = scratch.logits + row * vocabulary * 4;
      const cell = (start >> 2) + target.token;
      const logit = floats[cell] as number;
      const logProbability = logit - kernels.softmax(vocabulary, start);
      if (target.type === "verdict") {
        verdictLoss -= logProbability;
        verdicts++;
        if ((floats[cell] as number) > 0.5) hits++;
      }
      total -= target.weight * logProbability;
      weights += target.weight;
      floats[cell] = (floats[cell] as number) - 1;
      if (target.weight !== 1) {
        for (let i = start >> 2; i < (start >> 2) + vocabulary; i++) floats[i] = (floats[i] as number) * target.weight;
      }
    }
    statistics.set([total, weights, verdictLoss, verdicts, hits], (map.statistics >> 3) + shard * SHARD_STATISTICS);
  }

  function backward(rows: number, targets: number, gradients: number): void {
    const dx = scratch.gradient;
    const at = (name: Parameter["name"]) => gradients + parameter(name).offset * 4;
    productGradient(targets, scratch.logits, scratch.selectedNormed, "embedding", scratch.gradientNormed, gradients);
    floats.fill(0, scratch.gradientWide >> 2, (scratch.gradientWide >> 2) + targets * width);
    kernels.rmsNormGradient(
      targets,
      width,
      scratch.selected,
      value("outputNorm"),
      scratch.selectedInverse,
      scratch.gradientNormed,
      scratch.gradientWide,
      at("outputNorm"),
    );
    floats.fill(0, dx >> 2, (dx >> 2) + rows * width);
    kernels.scatterAddRows(targets, width, dx, scratch.targetIndices, scratch.gradientWide);
    for (let index = layers - 1; index >= 0; index--) {
      const layer = scratch.layers[index];
      if (layer === undefined) throw new Error("no such layer");
      const name = `layer${index}` as const;
      productGradient(rows, dx, layer.hidden, `${name}.down`, scratch.gradientHidden, gradients);
      kernels.gatedSiluGradient(rows, feedForward, layer.gateUp, scratch.gradientHidden, scratch.gradientWide);
      productGradient(
        rows,
        scratch.gradientWide,
        layer.feedForwardNormed,
        `${name}.gateUp`,
        scratch.gradientNormed,
        gradients,
      );
      kernels.rmsNormGradient(
        rows,
        width,
        layer.middle,
        value(`${name}.feedForwardNorm`),
        layer.feedForwardInverse,
        scratch.gradientNormed,
        dx,
        at(`${name}.feedForwardNorm`),
      );
      productGradient(rows, dx, layer.attended, `${name}.attentionOutput`, scratch.gradientNormed, gradients);
      kernels.attentionGradient(
        rows,
        heads,
        headDim,
        layer.queryKeyValue,
        scratch.positions,
        layer.attentionWeights,
        scratch.gradientNormed,
        scratch.gradientWide,
        scratch.rowWeights,
      );
      kernels.rope(rows, 2 * heads, headDim, scratch.gradientWide, 3 * width, scratch.positions, map.ropeTable, -1);
      productGradient(
        rows,
        scratch.gradientWide,
        layer.attentionNormed,
        `${name}.queryKeyValue`,
        scratch.gradientNormed,
        gradients,
      );
      kernels.rmsNormGradient(
        rows,
        width,
        layer.input,
        value(`${name}.attentionNorm`),
        layer.attentionInverse,
        scratch.gradientNormed,
        dx,
        at(`${name}.attentionNorm`),
      );
    }
    kernels.scatterAddRows(rows, width, at("embedding"), scratch.tokens, dx);
  }

  /** output = input W^T, or output += input W^T. */
  function product(rows: number, input: number, name: Parameter["name"], output: number, accumulate: boolean): void {
    const { rows: outputs, columns: inputs, offset } = parameter(name);
    kernels.packA(rows, inputs, input, inputs, 1, scratch.packedA);
    kernels.multiply(
      rows,
      inputs,
      outputs,
      scratch.packedA,
      map.packedForward + offset * 4,
      output,
      outputs,
      accumulate,
    );
  }

  /** dinput = doutput W; dW += doutput^T input. */
  function productGradient(
    rows: number,
    doutput: number,
    input: number,
    name: Parameter["name"],
    dinput: number,
    gradients: number,
  ): void {
    const { rows: outputs, columns: inputs, offset } = parameter(name);
    kernels.packA(rows, outputs, doutput, outputs, 1, scratch.packedA);
    kernels.multiply(rows, outputs, inputs, scratch.packedA, map.packedBackward + offset * 4, dinput, inputs, false);
    kernels.packA(outputs, rows, doutput, 1, outputs, scratch.packedA);
    kernels.packB(rows, inputs, input, inputs, 1, scratch.packedB);
    kernels.multiply(outputs, rows, inputs, scratch.packedA, scratch.packedB, gradients + offset * 4, inputs, true);
  }

  function value(name: Parameter["name"]): number {
    return map.parameters + parameter(name).offset * 4;
  }

  function parameter(name: Parameter["name"]): Parameter {
    const found = parameterByName.get(name);
    if (found === undefined) throw new Error(`the model has no parameter ${name}`);
    return found;
  }

  function copy(count: number, from: number, to: number): void {
    floats.copyWithin(to >> 2, from >> 2, (from >> 2) + count);
  }
}
