import { tokenToWire } from "../chat-completions/logprobs.ts";
import { NOTHING_SAID, type Piece, type Said, withPiece } from "../chat-completions/said.ts";
import { callItem, messageItem, type OutputItem, textPart } from "./items.ts";
import { createSplitter, type Splitter } from "./steady-pieces.ts";

export type EventBody = { readonly type: string } & Readonly<Record<string, unknown>>;

/**
 * The events of a response's items, written while they are said. What is written, and so under which number, depends on
 * what was said alone, and not on the pieces in which it came: whoever comes back later is given the same events.
 */
export interface ItemEvents {
  /** The events that are certain now. */
  hear(piece: Piece): EventBody[];
  /** Those that are still missing once all is said. `items` are those of the whole. */
  end(items: readonly OutputItem[]): EventBody[];
  /** Something came that cannot follow what was written: text after a call, or after a refusal. */
  readonly isOutOfOrder: boolean;
}

/**
 * The message's text is written as it comes, and the arguments of the first call. The calls after it wait for the end:
 * providers may interleave them, and an item that was closed cannot be opened again.
 */
export function createItemEvents(searchId: string): ItemEvents {
  let said: Said = NOTHING_SAID;
  let isOutOfOrder = false;
  let nextOutput = 0;
  let open: OpenText | OpenCall | null = null;
  let hasMessage = false;
  let nextContent = 0;

  const at = (): { readonly item_id: string; readonly output_index: number; readonly content_index: number } => ({
    item_id: messageItem(searchId, NOTHING_SAID, "in_progress").id,
    output_index: nextOutput,
    content_index: nextContent,
  });

  const openMessage = (): EventBody[] => {
    if (hasMessage) return [];
    hasMessage = true;
    const item = { ...messageItem(searchId, NOTHING_SAID, "in_progress"), content: [] };
    return [{ type: "response.output_item.added", output_index: nextOutput, item }];
  };

  const openPart = (kind: OpenText["kind"]): EventBody[] => {
    if (open?.type === "text" && open.kind === kind) return [];
    const before = [...openMessage(), ...closePart()];
    open = { type: "text", kind, splitter: createSplitter() };
    const part = kind === "refusal" ? { type: "refusal", refusal: "" } : textPart("", []);
    return [...before, { type: "response.content_part.added", ...at(), part }];
  };

  const deltas = ({ kind }: OpenText, pieces: ReturnType<Splitter["take"]>): EventBody[] =>
    pieces.map(({ text, tokens }) =>
      kind === "refusal"
        ? { type: "response.refusal.delta", ...at(), delta: text }
        : { type: "response.output_text.delta", ...at(), delta: text, logprobs: tokens.map(tokenToWire) },
    );

  const closePart = (): EventBody[] => {
    if (open?.type !== "text") return [];
    const events = deltas(open, open.splitter.end());
    const isRefusal = open.kind === "refusal";
    const part = messageItem(searchId, said, "completed").content.find(
      ({ type }) => (type === "refusal") === isRefusal,
    );
    const done =
      part?.type === "refusal"
        ? { type: "response.refusal.done", ...at(), refusal: part.refusal }
        : { type: "response.output_text.done", ...at(), text: part?.text, logprobs: part?.logprobs };
    events.push(done, { type: "response.content_part.done", ...at(), part });
    open = null;
    nextContent++;
    return events;
  };

  const closeMessage = (item: OutputItem): EventBody[] => {
    const events: EventBody[] = [...closePart(), { type: "response.output_item.done", output_index: nextOutput, item }];
    nextOutput++;
    return events;
  };

  /** The first call: what was said before is whole by then. */
  const openFirstCall = (): EventBody[] => {
    const before = hasMessage ? closeMessage(messageItem(searchId, said, "completed")) : [];
    open = { type: "call", splitter: createSplitter() };
    return before;
  };

  const hearText = (kind: OpenText["kind"], piece: Piece): EventBody[] => {
    const text = piece[kind] ?? "";
    if (text === "") return [];
    if (open?.type === "call" || (kind === "text" && said.refusal !== "")) {
      isOutOfOrder = true;
      return [];
    }
    const before = openPart(kind);
    said = withPiece(said, { [kind]: text, tokens: piece.tokens ?? [] });
    return open?.type === "text" ? [...before, ...deltas(open, open.splitter.take(text, piece.tokens ?? []))] : before;
  };

  const hearCall = (piece: NonNullable<Piece["toolCall"]>): EventBody[] => {
    const events: EventBody[] = [];
    if (piece.position === 0 && piece.opening !== undefined) {
      events.push(...openFirstCall());
      said = withPiece(said, { toolCall: { ...piece, arguments: "" } });
      const [call] = said.calls;
      if (call !== undefined) events.push(callAdded(callItem(searchId, call, 0, "in_progress"), nextOutput));
    }
    if (piece.position !== 0 || open?.type !== "call") return events;
    return [...events, ...argumentDeltas(searchId, 0, nextOutput, open.splitter.take(piece.arguments, []))];
  };

  return {
    get isOutOfOrder() {
      return isOutOfOrder;
    },
    hear: (piece) => [
      ...hearText("text", piece),
      // The tokens of a piece with both go with its text.
      ...hearText("refusal", piece.text === undefined ? piece : { ...piece, tokens: [] }),
      ...(piece.toolCall === undefined ? [] : hearCall(piece.toolCall)),
    ],
    end: (items) => {
      const events: EventBody[] = [];
      let call = 0;
      for (const item of items) {
        if (item.type === "message") {
          // Closed already where a call has begun.
          if (open?.type === "call") continue;
          if (!hasMessage) events.push(...openPart("text"));
          events.push(...closeMessage(item));
          continue;
        }
        const isOpen: boolean = call === 0 && open?.type === "call";
        if (!isOpen) events.push(callAdded(item, nextOutput));
        const splitter = isOpen && open?.type === "call" ? open.splitter : createSplitter();
        const pieces = isOpen ? [] : splitter.take(item.arguments, []);
        events.push(
          ...argumentDeltas(searchId, call, nextOutput, [...pieces, ...splitter.end()]),
          ...callDone(item, nextOutput),
        );
        call++;
        nextOutput++;
      }
      return events;
    },
  };
}

interface OpenText {
  readonly type: "text";
  readonly kind: "text" | "refusal";
  readonly splitter: Splitter;
}

interface OpenCall {
  readonly type: "call";
  readonly splitter: Splitter;
}

function callAdded(item: OutputItem, outputIndex: number): EventBody {
  const begun = { ...item, status: "in_progress", arguments: "" };
  return { type: "response.output_item.added", output_index: outputIndex, item: begun };
}

function argumentDeltas(
  searchId: string,
  call: number,
  outputIndex: number,
  pieces: ReturnType<Splitter["take"]>,
): EventBody[] {
  const { id } = callItem(searchId, { id: "", name: "", arguments: "" }, call, "in_progress");
  return pieces.map(({ text }) => ({
    type: "response.function_call_arguments.delta",
    item_id: id,
    output_index: outputIndex,
    delta: text,
  }));
}

function callDone(item: Extract<OutputItem, { type: "function_call" }>, outputIndex: number): EventBody[] {
  const at = { item_id: item.id, output_index: outputIndex };
  return [
    { type: "response.function_call_arguments.done", ...at, name: item.name, arguments: item.arguments },
    { type: "response.output_item.done", output_index: outputIndex, item },
  ];
}
