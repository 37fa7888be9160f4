/**
 * Continuous batching: every decode step runs one token of each active sequence, and new sequences join between steps.
 * A slot keeps its keys and values after its sequence has ended, so a later prompt with the same beginning starts there.
 */
import type { Engine, EngineRow } from "./engine.ts";
import type { Random } from "./random.ts";
import { type Sampling, sampleToken } from "./sampler.ts";

export type SequenceRequest = {
  readonly prompt: readonly number[];
  /** At least 1; prompt and new tokens together fit into the context (the caller checks). */
  readonly maxTokens: number;
  readonly sampling: Sampling;
  readonly random: Random;
  /** Called once, before the first token: how many prompt tokens were already in a cache. */
  onStart?(cachedTokens: number): void;
  /** Called for each new token; the logits are valid only during the call. "stop" ends the sequence after this token. */
  onToken(token: number, logits: Float32Array): "continue" | "stop";
  /** Called exactly once, unless the sequence was cancelled or the engine failed. */
  onEnd(reason: "stop" | "length"): void;
  onError?(error: unknown): void;
};

export type Sequence = {
  /** Ends the sequence at once; no further call is made. May be called twice or after the end. */
  cancel(): void;
};

export type Scheduler = {
  /** Sequences of one group start as soon as the prompt of the first is computed, and share it. */
  add(requests: readonly SequenceRequest[]): readonly Sequence[];
  /** Sequences that are running, and those that wait for a slot. */
  load(): { readonly active: number; readonly waiting: number };
};

type Entry = {
  readonly request: SequenceRequest;
  /** The first entry of the group: the others wait until it has its prompt in the cache. */
  readonly leader: Entry | undefined;
  slot: number;
  /** Prompt tokens and generated tokens; those before `computed` are in the cache. */
  tokens: number[];
  computed: number;
  state: "waiting" | "active" | "ended";
};

/** Prompts are read in pieces, so that a long one does not stop the others for long. */
const PROMPT_ROWS_PER_STEP = 64;

/**
 * `yieldToHost` returns after the host has handled its events; it is awaited between decode steps.
 */
export function createScheduler(engine: Engine, yieldToHost: () => Promise<void>): Scheduler {
  const tokensBySlot: (readonly number[])[] = Array.from({ length: engine.slots }, () => []);
  const isFree = Array.from({ length: engine.slots }, () => true);
  const lastUse = Array.from({ length: engine.slots }, () => 0);
  let clock = 0;
  let waiting: Entry[] = [];
  let active: Entry[] = [];
  let isRunning = false;

  return { add, load: () => ({ active: active.length, waiting: waiting.length }) };

  function add(requests: readonly SequenceRequest[]): readonly Sequence[] {
    let leader: Entry | undefined;
    const entries = requests.map((request): Entry => {
      const entry: Entry = {
        request,
        leader,
        slot: -1,
        tokens: [...request.prompt],
        computed: 0,
        state: "waiting",
      };
      leader ??= entry;
      return entry;
    });
    waiting.push(...entries);
    if (!isRunning) {
      isRunning = true;
      void run();
    }
    return entries.map((entry) => ({ cancel: () => end(entry) }));
  }

  async function run(): Promise<void> {
    await yieldToHost();
    while (active.length > 0 || waiting.length > 0) {
      try {
        admit();
        step();
      } catch (error) {
        for (const entry of [...active, ...waiting]) {
          end(entry);
          entry.request.onError?.(error);
        }
      }
      await yieldToHost();
    }
    isRunning = false;
  }

  /** Gives free slots to waiting sequences, in order of arrival. */
  function admit(): void {
    for (const entry of waiting) {
      if (!isFree.includes(true)) break;
      if (entry.leader?.state === "waiting" || isReading(entry.leader)) continue;
      start(entry);
    }
    waiting = waiting.filter((entry) => entry.state === "waiting");
  }

  function isReading(entry: Entry | undefined): boolean {
    return entry?.state === "active" && entry.computed < entry.request.prompt.length;
  }

  /** Takes the free slot that shares the longest prefix, or the one unused for longest, and copies a longer prefix there. */
  function start(entry: Entry): void {
    const prompt = entry.request.prompt;
    let source = -1;
    let shared = 0;
    let slot = -1;
    let slotShared = -1;
    for (let candidate = 0; candidate < engine.slots; candidate++) {
      // The last prompt token is always computed: its logits choose the first new token.
      const length = Math.min(commonPrefix(prompt, tokensBySlot[candidate] ?? []), prompt.length - 1);
      if (length > shared) {
        source = candidate;
        shared = length;
      }
      const isOlder = (lastUse[candidate] ?? 0) < (lastUse[slot] ?? Number.POSITIVE_INFINITY);
      if (isFree[candidate] && (length > slotShared || (length === slotShared && isOlder))) {
        slot = candidate;
        slotShared = length;
      }
    }
    if (source !== -1 && shared > slotShared) engine.copyPrefix(source, slot, shared);
    isFree[slot] = false;
    lastUse[slot] = ++clock;
    tokensBySlot[slot] = prompt.slice(0, shared);
    entry.slot = slot;
    entry.computed = shared;
    entry.state = "active";
    active.push(entry);
    entry.request.onStart?.(shared);
  }

  /** One forward pass: a piece of each unread prompt, or the newest token of each other sequence. */
  function step(): void {
    const rows: EngineRow[] = [];
    const wanted: number[] = [];
    const owners: Entry[] = [];
    const computed: Entry[] = [];
    for (const entry of active) {
      const room = engine.maxRows - rows.length;
      if (room === 0) break;
      const stop = Math.min(entry.tokens.length, entry.computed + Math.min(room, PROMPT_ROWS_PER_STEP));
      for (let position = entry.computed; position < stop; position++)
        rows.push({ slot: entry.slot, position, token: entry.tokens[position] as number });
      if (stop === entry.tokens.length) {
        wanted.push(rows.length - 1);
        owners.push(entry);
      }
      entry.computed = stop;
      computed.push(entry);
    }
    if (rows.length === 0) return;
    const logits = engine.forward(rows, wanted);
    for (const entry of computed) tokensBySlot[entry.slot] = entry.tokens.slice(0, entry.computed);
    for (const [index, entry] of owners.entries()) {
      // An earlier callback of this step may have cancelled it.
      if (entry.state === "active") extend(entry, logits[index] as Float32Array);
    }
    active = active.filter((entry) => entry.state === "active");
    // Sequences that found no room go first next time.
    if (computed.length < active.length)
      active = [...active.slice(computed.length), ...active.slice(0, computed.length)];
  }

  function extend(entry: Entry, logits: Float32Array): void {
    const { request } = entry;
    const token = sampleToken(engine, logits, request.sampling, request.random);
    entry.tokens.push(token);
    const isStopped = request.onToken(token, logits) === "stop";
    const isFull = entry.tokens.length - request.prompt.length >= request.maxTokens;
    if (!isStopped && !isFull) return;
    end(entry);
    request.onEnd(isStopped ? "stop" : "length");
  }

  function end(entry: Entry): void {
    if (entry.state === "active") {
      isFree[entry.slot] = true;
      active = active.filter((other) => other !== entry);
    }
    if (entry.state === "waiting") waiting = waiting.filter((other) => other !== entry);
    entry.state = "ended";
  }
}

function commonPrefix(left: readonly number[], right: readonly number[]): number {
  const limit = Math.min(left.length, right.length);
  let length = 0;
  while (length < limit && left[length] === right[length]) length++;
  return length;
}
