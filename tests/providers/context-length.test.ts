import { expect, test } from "vitest";
import { isContextLength } from "../../src/providers/openai/context-length.ts";
import { bytes, headers } from "../upstream/index.ts";
import { createRig, errorOf } from "./support.ts";

/** What servers really send when a prompt is too long: server, status, error object or whole body, and where it was seen. */
const SEEN: readonly (readonly [string, number, object])[] = [
  [
    // smol-ai/developer#7, deepwiki-open#144
    "OpenAI, chat completions",
    400,
    {
      message:
        "This model's maximum context length is 128000 tokens. However, your messages resulted in 173172 tokens. " +
        "Please reduce the length of the messages.",
      type: "invalid_request_error",
      param: "messages",
      code: "context_length_exceeded",
    },
  ],
  [
    // dyad-sh/dyad#1672, the-open-agent/openagent#2344
    "OpenAI, responses",
    400,
    {
      message: "Your input exceeds the context window of this model. Please adjust your input and try again.",
      type: "invalid_request_error",
      param: "input",
      code: "context_length_exceeded",
    },
  ],
  [
    // vllm-project/vllm#20409
    "vLLM 0.9",
    400,
    {
      message:
        "This model's maximum context length is 16384 tokens. However, you requested 19591 tokens (9591 in the " +
        "messages, 10000 in the completion). Please reduce the length of the messages or completion.",
      type: "BadRequestError",
      param: null,
      code: 400,
    },
  ],
  [
    // vllm-project/vllm#33418
    "vLLM 0.15",
    400,
    {
      message:
        "This model's maximum context length is 2048 tokens. However, your request has 8 input tokens. Please reduce " +
        "the length of the input messages. (parameter=input_tokens, value=8)",
      type: "BadRequestError",
      param: "input_tokens",
      code: 400,
    },
  ],
  // vllm-project/vllm#4667
  ["vLLM 0.4", 400, { message: "max_tokens must be at least 1, got -186.", type: "BadRequestError", code: 400 }],
  [
    // QwenLM/Qwen3#1321
    "SGLang",
    400,
    {
      message: "The input (61709 tokens) is longer than the model's context length (40960 tokens).",
      type: "BadRequestError",
      param: null,
      code: 400,
    },
  ],
  [
    // anomalyco/opencode#25230
    "SGLang, prompt and answer together",
    400,
    {
      message:
        "Requested token count exceeds the model's maximum context length of 202752 tokens. You requested a total of " +
        "202941 tokens: 170941 tokens from the input messages and 32000 tokens for the completion.",
    },
  ],
  // sgl-project/sglang#4048
  [
    "SGLang, too long for its cache",
    400,
    { message: "Input length (160062 tokens) exceeds the maximum allowed length (59862 tokens)." },
  ],
  [
    // oobabooga/textgen#7257
    "llama.cpp",
    400,
    {
      code: 400,
      message: "the request exceeds the available context size, try increasing it",
      type: "exceed_context_size_error",
      n_prompt_tokens: 14429,
      n_ctx: 8192,
    },
  ],
  [
    // ggml-org/llama.cpp#15780
    "llama.cpp, as a fault of its own",
    500,
    {
      code: 500,
      message:
        "the request exceeds the available context size. try increasing the context size or enable context shift",
      type: "exceed_context_size_error",
    },
  ],
  // nano-step/nano-brain#208; ollama cuts the prompt silently where it is not told otherwise (ollama/ollama#7661)
  ["Ollama", 400, { message: "the input length exceeds the context length" }],
  [
    // BerriAI/litellm#4934
    "Together",
    400,
    {
      message:
        "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4097. Given: 80125 `inputs` tokens and " +
        "4096 `max_new_tokens`",
      type: "invalid_request_error",
      param: "max_tokens",
      code: null,
    },
  ],
  [
    // fw-ai/cookbook#134
    "Fireworks",
    400,
    {
      object: "error",
      type: "invalid_request_error",
      code: "invalid_request_error",
      message: "The prompt is too long: 40177, model maximum context length: 32767",
    },
  ],
  [
    // OpenHands/OpenHands#1902
    "Groq",
    400,
    {
      message: "Please reduce the length of the messages or completion.",
      type: "invalid_request_error",
      param: "messages",
      code: "context_length_exceeded",
    },
  ],
  [
    // refly-ai/refly#1177
    "OpenRouter",
    400,
    {
      message:
        "This endpoint's maximum context length is 32768 tokens. However, you requested about 42832 tokens (42832 of " +
        'text input). Please reduce the length of either one, or use the "middle-out" transform to compress your ' +
        "prompt automatically.",
      code: 400,
    },
  ],
  [
    // ai-christianson/RA.Aid#41
    "OpenRouter, of a provider behind it",
    502,
    {
      message:
        'ConnectionError: {"message": "This model\'s maximum context length is 16000 tokens. However, you requested ' +
        '17165 tokens (13069 in the messages, 4096 in the completion)."}',
      code: 502,
    },
  ],
  // cline/cline#5140
  [
    "Cerebras",
    400,
    { message: "Please reduce the length of the messages or completion. Current length is 42328 while limit is 40000" },
  ],
  // cloudflare/cloudflare-docs#29731
  [
    "Workers AI",
    400,
    {
      message:
        "AiError: This model's maximum context length is 131072 tokens. However, you requested 16000 output tokens",
    },
  ],
  // stackblitz/bolt.new#2187
  ["Anthropic", 400, { message: "prompt is too long: 205106 tokens > 200000 maximum" }],
  // google-gemini/gemini-cli#12098
  ["Gemini", 400, { message: "The input token count (314175) exceeds the maximum number of tokens allowed (131072)." }],
];

test.each(SEEN)("%s says that a prompt is too long", async (_server, status, error) => {
  const rig = await createRig(() => [
    headers(status, { "content-type": "application/json" }),
    bytes(JSON.stringify({ error })),
  ]);
  const outcome = await rig.ask();
  expect(errorOf(outcome).type).toBe("context-length");
});

test.each(SEEN)("%s is understood in the middle of a stream, too", async (_server, _status, error) => {
  const rig = await createRig(() => [headers(), bytes(`data: ${JSON.stringify({ error })}\n\n`)]);
  expect(errorOf(await rig.ask()).type).toBe("context-length");
});

test.each([
  // anomalyco/models.dev#4422
  [400, "max_completion_tokens is too large: 262144. This model supports at most 256000 completion tokens."],
  [400, "Invalid value for 'temperature': must be at most 2"],
  [400, "Unknown parameter: 'context'"],
  [429, "Rate limit reached for tokens per minute: please reduce the length of the messages or try again in 2 s"],
  [401, "prompt is too long for this key"],
  [500, "internal server error"],
])("status %i with %j is something else", (status, message) => {
  expect(isContextLength(status, { message })).toBe(false);
});
