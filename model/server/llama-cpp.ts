/**
 * Serves any GGUF file through node-llama-cpp, an OPTIONAL peer that is never installed by us (it is native and large).
 * The types below are the small part of version 3 that is used here.
 */
import type { ChatMessage } from "../chat.ts";
import type { ChoiceRequest, ServedModel } from "./served-model.ts";

type LlamaModule = {
  getLlama(options: object): Promise<Llama>;
};
type Llama = { loadModel(options: { modelPath: string }): Promise<LlamaModel>; dispose(): Promise<void> };
type LlamaModel = {
  readonly fileInfo: { readonly metadata: { readonly tokenizer?: { readonly chat_template?: string } } };
  readonly trainContextSize: number;
  readonly tokens: { readonly bos: number | null; readonly shouldPrependBosToken: boolean };
  createContext(options: object): Promise<LlamaContext>;
  tokenize(text: string, special?: boolean): number[];
  detokenize(tokens: readonly number[], special?: boolean): string;
  isEogToken(token: number): boolean;
};
type LlamaContext = { getSequence(): LlamaSequence };
type LlamaSequence = {
  evaluateWithMetadata(
    tokens: readonly number[],
    metadata: { readonly confidence?: boolean; readonly probabilities?: boolean },
    options: object,
  ): AsyncGenerator<{ token: number; confidence?: number; probabilities?: Map<number, number> }, void, void>;
  adaptStateToTokens(tokens: readonly number[], allowShift?: boolean): Promise<void>;
  readonly nextTokenIndex: number;
};

const PACKAGE = "node-llama-cpp";
const SEQUENCES = 8;
const MAX_CONTEXT_TOKENS = 8192;
const SMALLEST_PROBABILITY = 1e-30;

export type LlamaCppOptions = {
  readonly id: string;
  /** One by default: with a tiny model, more threads of ggml spin against each other and everything else. */
  readonly threads: number;
  /** Why our own engine does not read the file. */
  readonly reason: string;
};

/** Throws with instructions when the package is not installed. */
export async function loadLlamaCppModel(path: string, options: LlamaCppOptions): Promise<ServedModel> {
  const library = await importLibrary(path, options.reason);
  const llama = await library.getLlama({
    build: "never",
    gpu: false,
    progressLogs: false,
    maxThreads: options.threads,
  });
  const model = await llama.loadModel({ modelPath: path });
  const contextTokens = Math.min(model.trainContextSize, MAX_CONTEXT_TOKENS);
  const context = await model.createContext({
    sequences: SEQUENCES,
    contextSize: contextTokens,
    threads: options.threads,
  });
  const idle = Array.from({ length: SEQUENCES }, () => context.getSequence());
  const waiting: ((sequence: LlamaSequence) => void)[] = [];
  const template = createTemplate(model);

  return {
    id: options.id,
    description: `${path} through llama.cpp`,
    contextTokens,
    promptTokens: (messages) => {
      const { bos, shouldPrependBosToken } = model.tokens;
      const tokens = model.tokenize(template(messages), true);
      return shouldPrependBosToken && bos !== null ? [bos, ...tokens] : tokens;
    },
    tokenBytes: (token) => new TextEncoder().encode(model.detokenize([token])),
    generate(prompt, choices) {
      const stopped = new AbortController();
      for (const choice of choices) void run(prompt, choice, stopped.signal);
      return { cancel: () => stopped.abort() };
    },
    close: () => llama.dispose(),
  };

  async function run(prompt: readonly number[], choice: ChoiceRequest, signal: AbortSignal): Promise<void> {
    const sequence = idle.pop() ?? (await new Promise<LlamaSequence>((resolve) => waiting.push(resolve)));
    try {
      if (!signal.aborted) await generateOne(sequence, prompt, choice, signal);
    } catch (error) {
      if (!signal.aborted) choice.onError(error);
    } finally {
      const next = waiting.shift();
      if (next === undefined) idle.push(sequence);
      else next(sequence);
    }
  }

  async function generateOne(
    sequence: LlamaSequence,
    prompt: readonly number[],
    choice: ChoiceRequest,
    signal: AbortSignal,
  ): Promise<void> {
    // The last prompt token is always evaluated: its logits choose the first new token.
    await sequence.adaptStateToTokens(prompt.slice(0, -1), false);
    const cached = sequence.nextTokenIndex;
    choice.onStart(cached);
    const { temperature, topP } = choice.sampling;
    const wantsTop = (choice.topLogprobs ?? 0) > 0;
    const evaluation = sequence.evaluateWithMetadata(
      prompt.slice(cached),
      { confidence: choice.topLogprobs !== undefined, probabilities: wantsTop },
      { temperature, topP, topK: 0, minP: 0, seed: choice.random.next(), yieldEogToken: true },
    );
    let count = 0;
    for await (const { token, confidence, probabilities } of evaluation) {
      if (signal.aborted) return;
      count++;
      const isEnd = model.isEogToken(token);
      const top = [...(probabilities ?? [])].slice(0, choice.topLogprobs ?? 0).map(([other, probability]) => ({
        token: other,
        logprob: Math.log(Math.max(probability, SMALLEST_PROBABILITY)),
      }));
      const logprob = Math.log(Math.max(confidence ?? 1, SMALLEST_PROBABILITY));
      const wish = choice.onToken({ token, isEnd, logprob, top });
      if (isEnd || wish === "stop") return choice.onEnd("stop");
      if (count >= choice.maxTokens) return choice.onEnd("length");
    }
    choice.onEnd("stop");
  }
}

/** The file's own chat template for the usual case, a conversation whose messages follow each other. */
function createTemplate(model: LlamaModel): (messages: readonly ChatMessage[]) => string {
  const source = model.fileInfo.metadata.tokenizer?.chat_template ?? "";
  const known = TEMPLATES.find((template) => source.includes(template.mark));
  if (known === undefined) return (messages) => messages.map((message) => message.content).join("\n\n");
  return (messages) => {
    const turns = messages.map((message, index) => {
      const isContinued = message.role === "assistant" && index === messages.length - 1;
      return known.open(message.role) + message.content + (isContinued ? "" : known.close(message.role));
    });
    return turns.join("") + (messages.at(-1)?.role === "assistant" ? "" : known.open("assistant"));
  };
}

type Template = {
  /** A text by which the family is recognised in the file's Jinja template. */
  readonly mark: string;
  open(role: string): string;
  close(role: string): string;
};

const TEMPLATES: readonly Template[] = [
  {
    mark: "<|im_start|>",
    open: (role) => `<|im_start|>${role}\n`,
    close: () => "<|im_end|>\n",
  },
  {
    mark: "<|start_header_id|>",
    open: (role) => `<|start_header_id|>${role}<|end_header_id|>\n\n`,
    close: () => "<|eot_id|>",
  },
  {
    mark: "<start_of_turn>",
    open: (role) => `<start_of_turn>${role === "assistant" ? "model" : "user"}\n`,
    close: () => "<end_of_turn>\n",
  },
  {
    mark: "<|user|>",
    open: (role) => (role === "assistant" ? "<|assistant|>" : role === "user" ? "<|user|>" : ""),
    close: (role) => (role === "assistant" ? "<|end|>" : ""),
  },
];

async function importLibrary(path: string, reason: string): Promise<LlamaModule> {
  try {
    // The name is a variable so that neither the compiler nor a bundler looks for the package.
    return (await import(/* @vite-ignore */ PACKAGE)) as LlamaModule;
  } catch (error) {
    throw new Error(
      `${path} is outside what the built-in engine reads (${reason}), and the optional package ${PACKAGE} cannot be ` +
        `loaded (${error instanceof Error ? error.message.split("\n")[0] : String(error)}). To serve this file:\n` +
        `  npm install --no-save --ignore-scripts --omit=optional ${PACKAGE}@3 @node-llama-cpp/<platform>@3\n` +
        "where <platform> is for example linux-x64, mac-arm64-metal or win-x64.",
    );
  }
}
