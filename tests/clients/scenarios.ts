import { HELLO, type ScenarioCall, scenarioOf } from "../setup/scenarios.ts";
import { type Action, answer, headers, wait } from "../upstream/index.ts";

/** A PNG of one red pixel. */
export const RED_PIXEL =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";

const CITIES = ["Bonn", "Köln"];

/** What the provider does in clients' tests, beside the scenarios that all tests share. */
const SCENARIOS: Readonly<Record<string, (call: ScenarioCall) => readonly Action[]>> = {
  /** Says whether the picture has arrived as it was sent. */
  image: (call) => answer([JSON.stringify(call.messages).includes(RED_PIXEL) ? "A red pixel." : "Nothing."]),
  "two-tools": () =>
    answer([
      {
        pieces: [],
        finishReason: "tool_calls",
        toolCallDeltas: CITIES.flatMap((city, index) => [
          { index, id: `call_${index}`, type: "function", function: { name: "weather", arguments: "" } },
          ...[...JSON.stringify({ city })].map((piece) => ({ index, function: { arguments: piece } })),
        ]),
      },
    ]),
};

/** `scenario=first-after-90`: every answer takes so many seconds; `rest-after-280`: all but the first. */
export function clientScenarioOf(call: ScenarioCall): readonly Action[] {
  const [, who, seconds = "0"] = /scenario=(first|rest)-after-(\d+)/.exec(JSON.stringify(call.messages)) ?? [];
  if (who === "first" || (who === "rest" && call.ordinal > 1)) {
    return [headers(), wait(1000 * Number(seconds)), ...answer([HELLO])];
  }
  if (who === "rest") return answer([HELLO]);
  const name = /scenario=([\w-]+)/.exec(JSON.stringify(call.messages))?.[1] ?? "";
  return (SCENARIOS[name] ?? scenarioOf(call.messages))(call);
}
