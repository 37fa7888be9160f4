import { encodeChat } from "../chat.ts";
import { loadEngine, loadModel } from "../load.ts";
import type { Model } from "../model-file.ts";
import { topTokens } from "../sampler.ts";
import { createScheduler } from "../scheduler.ts";
import { END } from "../vocabulary.ts";
import type { ServedModel } from "./served-model.ts";

/** Sequences that run at once: about 1 MiB of keys and values each. */
const SLOTS = 64;

/** Serves a GGUF file of the documented subset with our own engine; throws GgufError for any other file. */
export function loadEspalierModel(path?: string, id?: string): ServedModel {
  return createEspalierModel(loadModel(path), id);
}

export function createEspalierModel(model: Model, id: string = model.name): ServedModel {
  const { tokenizer, shape } = model;
  const engine = loadEngine(model, SLOTS);
  const scheduler = createScheduler(engine, () => new Promise((resolve) => setImmediate(resolve)));
  const end = tokenizer.special(END);

  return {
    id,
    description: model.description,
    contextTokens: shape.context,
    promptTokens: (messages) => encodeChat(tokenizer, messages),
    tokenBytes: (token) => tokenizer.bytes(token),
    generate(prompt, choices) {
      const sequences = scheduler.add(
        choices.map((choice) => ({
          prompt,
          maxTokens: choice.maxTokens,
          sampling: choice.sampling,
          random: choice.random,
          onStart: choice.onStart,
          onToken(token, logits) {
            // Any special token ends the turn: none of them has a text.
            const isEnd = token === end || token >= tokenizer.vocabulary.firstSpecial;
            if (choice.topLogprobs === undefined)
              return ended(choice.onToken({ token, isEnd, logprob: 0, top: [] }), isEnd);
            const partition = engine.logPartition(logits);
            const logprobOf = (other: number) => (logits[other] as number) - partition;
            const top = topTokens(logits, choice.topLogprobs).map((other) => ({
              token: other,
              logprob: logprobOf(other),
            }));
            return ended(choice.onToken({ token, isEnd, logprob: logprobOf(token), top }), isEnd);
          },
          onEnd: choice.onEnd,
          onError: choice.onError,
        })),
      );
      return {
        cancel: () => {
          for (const sequence of sequences) sequence.cancel();
        },
      };
    },
    close: () => Promise.resolve(),
  };
}

function ended(wish: "continue" | "stop", isEnd: boolean): "continue" | "stop" {
  return isEnd ? "stop" : wish;
}
