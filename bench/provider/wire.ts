import type { Reply } from "./reply.ts";

/** What of a request decides the form of its answer. */
export interface AnswerForm {
  readonly model: string;
  /** Log-probabilities with so many alternatives; null for none. */
  readonly topLogprobs: number | null;
  readonly hasUsageChunk: boolean;
}

export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

const ID = "chatcmpl-scripted";
const CREATED = 1_700_000_000;

/** The stream's pieces: those of each token in turn, and the end. Text is built by hand: this is the load test's hot path. */
export function createChunks({ model, topLogprobs, hasUsageChunk }: AnswerForm, replies: readonly Reply[]) {
  const head = `data: {"id":"${ID}","object":"chat.completion.chunk","created":${CREATED},"model":${JSON.stringify(model)},"choices":[`;
  const choice = (index: number, delta: string, logprobs: string, finish: string): string =>
    `${head}{"index":${index},"delta":${delta},"logprobs":${logprobs},"finish_reason":${finish}}]}\n\n`;
  return {
    /** Of the token `at` of every choice that has one; the first comes with the role. */
    token: (at: number): string => {
      let text = "";
      for (const [index, reply] of replies.entries()) {
        if (at === 0) text += choice(index, '{"role":"assistant","content":""}', "null", "null");
        const token = reply.tokens[at];
        if (token === undefined) continue;
        const entry = topLogprobs === null ? "null" : JSON.stringify({ content: [logprobOf(reply, at, topLogprobs)] });
        text += choice(index, `{"content":${JSON.stringify(token)}}`, entry, "null");
      }
      return text;
    },
    end: (usage: Usage): string => {
      let text = "";
      for (const [index, { ending }] of replies.entries()) text += choice(index, "{}", "null", `"${ending}"`);
      if (hasUsageChunk) text += `${head}],"usage":${JSON.stringify(usageBody(usage))}}\n\n`;
      return `${text}data: [DONE]\n\n`;
    },
  };
}

/** The answer in one piece. */
export function completionBody(form: AnswerForm, replies: readonly Reply[], usage: Usage): string {
  const { model, topLogprobs } = form;
  return JSON.stringify({
    id: ID,
    object: "chat.completion",
    created: CREATED,
    model,
    choices: replies.map((reply, index) => ({
      index,
      message: { role: "assistant", content: reply.tokens.join(""), refusal: null },
      logprobs:
        topLogprobs === null ? null : { content: reply.tokens.map((_, at) => logprobOf(reply, at, topLogprobs)) },
      finish_reason: reply.ending,
    })),
    usage: usageBody(usage),
  });
}

/** The first token has the reply's own alternatives; any other was as good as certain. */
function logprobOf({ tokens, alternatives }: Reply, at: number, top: number): object {
  const token = tokens[at] ?? "";
  const all = at === 0 ? alternatives : [{ token, logprob: -0.1 }];
  const withBytes = all.map((one) => ({ ...one, bytes: [...Buffer.from(one.token)] }));
  return { ...withBytes[0], top_logprobs: withBytes.slice(0, top) };
}

function usageBody({ promptTokens, completionTokens }: Usage): object {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
}
