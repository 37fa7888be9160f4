import { isRecord, textOf } from "../chunk.ts";
import type { Fetch } from "../egress.ts";

/** As much of the platform's `AI` binding as is needed; `Ai` of @cloudflare/workers-types has it. */
export interface AiBinding {
  run(
    model: string,
    inputs: Record<string, unknown>,
    options: { readonly returnRawResponse: true; readonly signal?: AbortSignal },
  ): Promise<Response>;
}

/**
 * `fetch` for the one address that this adapter posts to: the body goes to the binding, and the raw response comes back,
 * status and stream as over HTTP. Nothing of the URL or the headers is used, and no credential exists.
 */
export function bindingFetch(binding: AiBinding): Fetch {
  return async (_input, init) => {
    const { model, ...inputs }: Record<string, unknown> = JSON.parse(textOf(init?.body));
    const { signal } = init ?? {};
    const response = await binding.run(textOf(model), inputs, {
      returnRawResponse: true,
      ...(signal != null && { signal }),
    });
    if (response.ok) return response;
    return refusalOf(response, await response.text());
  };
}

/**
 * Errors in OpenAI's shape. The binding has two of its own: `{internalCode, description}` and `{errors: [{code, message}]}`
 * (workerd's `ai-api`, `_parseError`).
 */
function refusalOf({ status, headers }: Response, text: string): Response {
  const { code, message } = saidIn(text);
  const error = { code, message: code === null ? message : `${code}: ${message}` };
  const answer = Response.json({ error }, { status: code === NO_SUCH_MODEL ? 404 : status });
  for (const name of ["retry-after", "retry-after-ms"]) {
    const value = headers.get(name);
    if (value !== null) answer.headers.set(name, value);
  }
  return answer;
}

/** Workers AI answers it with 400 (developers.cloudflare.com/workers-ai/platform/errors). */
const NO_SUCH_MODEL = 5007;

function saidIn(text: string): { readonly code: number | null; readonly message: string } {
  let said: unknown = null;
  try {
    said = JSON.parse(text);
  } catch {
    // Plain text: the message as it is.
  }
  if (!isRecord(said)) return { code: null, message: text };
  const [first] = Array.isArray(said.errors) ? said.errors : [];
  const { code, message } = isRecord(first) ? first : { code: said.internalCode, message: said.description };
  return { code: typeof code === "number" ? code : null, message: textOf(message) || text };
}
