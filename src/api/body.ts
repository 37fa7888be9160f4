import { isTooDeep, MOST_JSON_DEPTH } from "../core/json-depth.ts";
import { fail, type Result, succeed } from "../core/result.ts";
import type { ApiError } from "./errors.ts";
import { repeatedMember } from "./json-members.ts";

export const MAX_BODY_BYTES = 20 * 1024 * 1024;
const MAX_NAME_SHOWN = 100;

/** The request's JSON object, bounded in size while it is read and in depth before it is used, every name said once. */
export async function readJsonObject(request: Request): Promise<Result<Record<string, unknown>, ApiError>> {
  const unsupported = unsupportedHeader(request.headers);
  if (unsupported !== null) return fail(unsupported);
  const text = await readText(request.body, MAX_BODY_BYTES);
  if (text === null) return fail({ type: "body-too-large", limitBytes: MAX_BODY_BYTES });
  if (isTooDeep(text)) return fail(invalidJson(`it is nested more than ${MOST_JSON_DEPTH} levels deep`));
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value)) return fail(invalidJson("it is not an object"));
    const repeated = repeatedMember(text);
    if (repeated !== null)
      return fail(invalidJson(`it says '${repeated.slice(0, MAX_NAME_SHOWN)}' twice in one object`));
    return succeed(value);
  } catch (error) {
    return fail(invalidJson(error instanceof Error ? error.message : "it is not JSON"));
  }
}

const MAX_VALUE_SHOWN = 100;

/**
 * JSON by name, or not named at all; in no encoding, since what a few bytes unfold into cannot be bounded before (T11).
 */
function unsupportedHeader(headers: Headers): ApiError | null {
  const type = headers.get("content-type") ?? "";
  const [essence = ""] = type.toLowerCase().split(";");
  if (type !== "" && !/^(application\/json|[\w.+-]+\/[\w.+-]+\+json)$/.test(essence.trim())) {
    return { type: "unsupported-body", header: "Content-Type", value: type.slice(0, MAX_VALUE_SHOWN) };
  }
  const encoding = headers.get("content-encoding")?.trim().toLowerCase() ?? "";
  if (encoding === "" || encoding === "identity") return null;
  return { type: "unsupported-body", header: "Content-Encoding", value: encoding.slice(0, MAX_VALUE_SHOWN) };
}

/** Null when it is longer. The declared length is not believed. */
async function readText(body: ReadableStream<Uint8Array> | null, limitBytes: number): Promise<string | null> {
  if (body === null) return "";
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > limitBytes) return null;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function invalidJson(reason: string): ApiError {
  return { type: "invalid-json", reason };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
