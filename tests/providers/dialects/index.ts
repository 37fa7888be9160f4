import { chat } from "./chat.ts";
import { completions } from "./completions.ts";
import { responses } from "./responses.ts";
import type { Dialect } from "./said.ts";
import { workersAi, workersAiBoth } from "./workers-ai.ts";

/** Every way in which an upstream may speak: one line each. */
export const DIALECTS: readonly Dialect[] = [chat, responses, completions, workersAi, workersAiBoth];
