import type { FormGateDefinition } from "../../core/form-gate.ts";
import { responseFormat } from "./response-format/gate.ts";
import { toolCalls } from "./tool-calls/gate.ts";

/** What whole answers have to pass where the request demands it. One folder and one line per gate. */
export const FORM_GATES: readonly FormGateDefinition[] = [responseFormat, toolCalls];
