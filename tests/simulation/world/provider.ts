import { createRandom } from "../../../src/core/random.ts";
import { parseHand } from "../../../src/verifiers/game-of-24/hand.ts";
import { createPlayer } from "../../world/player.ts";
import type { Disk } from "../platform/disk.ts";
import type { Network } from "../platform/network.ts";
import { type Host, type Scheduler, WORLD } from "../platform/scheduler.ts";
import { drawMs, isWithin, type Profile } from "./profile.ts";

/** One HTTP call as the provider's own books have it. */
export interface ReceivedCall {
  /** Its `x-request-id`. */
  readonly id: string;
  readonly provider: string;
  /** Who called. */
  readonly caller: Host;
  /** What of the body tells two proposals of a search apart; null for a verifier's question, which may well be repeated. */
  readonly asked: string | null;
  /** What it bills; nothing while it has made nothing. */
  billed: { readonly promptTokens: number; readonly completionTokens: number } | null;
}

export interface Provider {
  readonly fetch: typeof fetch;
  readonly calls: readonly ReceivedCall[];
}

export interface ProviderOptions {
  readonly scheduler: Scheduler;
  readonly network: Network;
  readonly diskOf: (host: Host) => Disk | null;
  readonly profile: () => Profile;
  readonly sinceMs: () => number;
  /** A call leaves its object, all that was written before it durable. */
  readonly onDeparture: (caller: Host) => void;
}

interface ChatBody {
  readonly messages: readonly { readonly role: string; readonly content: unknown }[];
  readonly n?: number;
  readonly max_tokens?: number;
  readonly max_completion_tokens?: number;
  readonly seed?: number;
  readonly stop?: readonly string[] | string;
}

/** What may go wrong with one call (RELIABILITY.md, "Provider faults"; `tests/faults` has all of them over real HTTP). */
const FAULTS = [
  "busy",
  "busy-for-long",
  "error",
  "refused",
  "silent-headers",
  "silent-body",
  "cut-body",
  "no-usage",
  "empty",
  "error-in-stream",
] as const;
type Fault = (typeof FAULTS)[number];
export const PROVIDER_FAULTS = FAULTS.length;

/** Characters, near enough; every text of a run is ASCII. */
const CHARACTERS_PER_TOKEN = 4;
/** What it makes until it notices that nobody listens any more (openai/call.ts says the same). */
const TOKENS_UNTIL_NOTICED = 64;

const PLAYER = createPlayer(0.4);

/** A server that plays the Game of 24 over OpenAI's wire format. */
export function createProvider(options: ProviderOptions): Provider {
  const { scheduler, network, diskOf, profile, sinceMs, onDeparture } = options;
  const random = scheduler.random("provider");
  const calls: ReceivedCall[] = [];

  const faultOf = (): Fault | null => {
    const { providerFaultRate, providerFaults, providerOutage } = profile();
    if (isWithin(providerOutage, sinceMs())) return "error";
    if (providerFaults.length === 0 || random.next() >= providerFaultRate) return null;
    return FAULTS[providerFaults[random.integer(providerFaults.length)] ?? 0] ?? null;
  };

  const simulatedFetch = (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const caller = scheduler.current;
    const body = JSON.parse(String(init?.body)) as ChatBody;
    const provider = new URL(String(input)).hostname.split(".")[0] ?? "";
    const signal = init?.signal ?? null;
    const disk = diskOf(caller);
    return new Promise((resolve, reject) => {
      const abort = (): void => reject(new DOMException("aborted", "AbortError"));
      if (signal?.aborted) return abort();
      signal?.addEventListener("abort", abort, { once: true });
      const leaving = {
        afterDurable: (run: () => void) =>
          whenDurable(disk, () => {
            onDeparture(caller);
            run();
          }),
      };
      network.send(
        caller,
        leaving,
        `a call to ${provider}`,
        (error) => reject(new TypeError(error.message)),
        (reply) => {
          const call: ReceivedCall = {
            id: `preq_${calls.length}`,
            provider,
            caller,
            asked: opinionOn(questionOf(body), 0) === null ? JSON.stringify([body.messages, body.seed, body.n]) : null,
            billed: null,
          };
          calls.push(call);
          const fault = faultOf();
          scheduler.note(`${caller.name} -> ${provider}: ${call.id} ${fault ?? ""}`);
          if (fault === "silent-headers") {
            // Nobody knows whether it made anything: this one did.
            call.billed = usageOf(body, textsOf(body));
            return;
          }
          scheduler.schedule(drawMs(random, profile().answerMs), WORLD, () => {
            const texts = textsOf(body);
            if (signal?.aborted && caller.isAlive) {
              const all = usageOf(body, texts);
              const made = Math.min(all.completionTokens, TOKENS_UNTIL_NOTICED);
              call.billed = { ...all, completionTokens: made };
              return;
            }
            const answer = answerOf(call, body, texts, fault);
            call.billed = answer.billed;
            reply(() => resolve(responseOf(answer, scheduler, caller, signal, call.id)));
          });
        },
      );
    });
  };
  return { fetch: simulatedFetch as typeof fetch, calls };
}

function whenDurable(disk: Disk | null, run: () => void): void {
  if (disk === null) run();
  else disk.afterDurable(run);
}

function questionOf({ messages }: ChatBody): string {
  return String(messages.findLast(({ role }) => role === "user")?.content ?? "");
}

function textsOf(body: ChatBody): string[] {
  const texts = body.messages.map(({ content }) => String(content));
  const question = questionOf(body);
  const last = body.messages.at(-1);
  const prefix = last?.role === "assistant" ? String(last.content) : "";
  const hand = parseHand(question) ?? parseHand(texts.join("\n")) ?? [];
  const stops = typeof body.stop === "string" ? [body.stop] : (body.stop ?? []);
  const most = (body.max_completion_tokens ?? body.max_tokens ?? 100) * CHARACTERS_PER_TOKEN;
  return Array.from({ length: body.n ?? 1 }, (_unused, index) => {
    const seed = createRandom(body.seed ?? 0, "choice", index).integer(2 ** 31);
    const opinion = opinionOn(question, seed);
    if (opinion !== null) return opinion;
    const full = PLAYER.play(hand, prefix, seed);
    const ends = stops.map((stop) => full.indexOf(stop)).filter((at) => at >= 0);
    return full.slice(0, Math.min(most, full.length, ...ends));
  });
}

/** To the verifiers' prompts; now and then something that cannot be read. Null: it is no question of theirs. */
function opinionOn(question: string, seed: number): string | null {
  const words = question.includes("sure, likely or impossible")
    ? ["sure", "likely", "impossible"]
    : question.includes("yes or no")
      ? ["yes", "no"]
      : null;
  return words === null ? null : ([...words, ...words, ...words, "perhaps"][seed % (3 * words.length + 1)] ?? null);
}

function usageOf(body: ChatBody, texts: readonly string[]) {
  const tokensIn = (text: string): number => Math.ceil(text.length / CHARACTERS_PER_TOKEN);
  return {
    promptTokens: body.messages.reduce((sum, { content }) => sum + tokensIn(String(content)), 1),
    completionTokens: texts.reduce((sum, text) => sum + tokensIn(text), 0),
  };
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent one after the other; null: nothing more ever comes. */
  readonly pieces: readonly (string | null)[];
  /** The connection breaks after them. */
  readonly isCut: boolean;
  readonly billed: ReceivedCall["billed"];
}

function answerOf(call: ReceivedCall, body: ChatBody, texts: readonly string[], fault: Fault | null): Answer {
  const refusal = (status: number, headers: Record<string, string> = {}): Answer => ({
    status,
    headers: { "content-type": "application/json", ...headers },
    pieces: [JSON.stringify({ error: { message: `simulated ${status}` } })],
    isCut: false,
    billed: null,
  });
  const usage = usageOf(body, texts);
  const chunk = (choices: readonly object[], more: object = {}): string =>
    `data: ${JSON.stringify({ id: call.id, object: "chat.completion.chunk", created: 1, model: "sim", choices, ...more })}\n\n`;
  const said = texts.map((content, index) => chunk([{ index, delta: { role: "assistant", content } }]));
  const ended = texts.map((_text, index) => chunk([{ index, delta: {}, finish_reason: "stop" }])).join("");
  const told = chunk([], {
    usage: { prompt_tokens: usage.promptTokens, completion_tokens: usage.completionTokens },
  });
  const stream = (pieces: readonly (string | null)[], isCut = false): Answer => ({
    status: 200,
    headers: { "content-type": "text/event-stream" },
    pieces,
    isCut,
    billed: usage,
  });
  switch (fault) {
    case "busy":
      return refusal(429, { "retry-after-ms": "300" });
    case "busy-for-long":
      return refusal(429, { "retry-after": "3600" });
    case "error":
      return refusal(503);
    case "refused":
      return refusal(400);
    case "silent-body":
      return stream([said.join(""), null]);
    case "cut-body":
      return stream([said.join("")], true);
    case "no-usage":
      return stream([said.join("") + ended, "data: [DONE]\n\n"]);
    case "empty":
      return { ...stream([]), billed: null };
    case "error-in-stream":
      return stream([said.join(""), `data: ${JSON.stringify({ error: { message: "simulated", code: 502 } })}\n\n`]);
    default:
      return stream([said.join("") + ended, `${told}data: [DONE]\n\n`]);
  }
}

/** The pieces come in messages of their own, in order. */
function responseOf(
  { status, headers, pieces, isCut }: Answer,
  scheduler: Scheduler,
  caller: Host,
  signal: AbortSignal | null,
  id: string,
): Response {
  const random = scheduler.random("pieces");
  const encoder = new TextEncoder();
  let left = [...pieces];
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      const stop = (): void => {
        left = [];
        controller.error(new DOMException("aborted", "AbortError"));
      };
      signal?.addEventListener("abort", stop, { once: true });
      const next = (): void => {
        if (signal?.aborted) return;
        const piece = left.shift();
        if (piece === null) return;
        if (piece !== undefined) {
          controller.enqueue(encoder.encode(piece));
          scheduler.schedule(drawMs(random, 20), caller, next);
          return;
        }
        signal?.removeEventListener("abort", stop);
        if (isCut) controller.error(new TypeError("terminated"));
        else controller.close();
      };
      scheduler.schedule(drawMs(random, 5), caller, next);
    },
    cancel: () => {
      left = [null];
    },
  });
  return new Response(body, { status, headers: { ...headers, "x-request-id": id } });
}
