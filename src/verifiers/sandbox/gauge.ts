/** The fuel of one instance; `scripts/sandbox/meter.ts` put the gauge there. */
export interface Gauge {
  fill(fuel: number): void;
  take(fuel: number): void;
  /** >= 0. */
  left(): number;
  isEmpty(): boolean;
}

export function gaugeOf(exports: WebAssembly.Instance["exports"]): Gauge {
  const fuel: unknown = exports.fuel;
  // Without it nothing would bound a program: an interpreter that is not metered must not run.
  if (!isNumber(fuel)) throw new Error("the interpreter has no fuel gauge");
  return {
    fill: (units) => {
      fuel.value = units;
    },
    take: (units) => {
      fuel.value -= units;
    },
    left: () => Math.max(0, fuel.value),
    isEmpty: () => fuel.value < 0,
  };
}

/** An exported global that holds one. */
function isNumber(exported: unknown): exported is { value: number } {
  const isObject = typeof exported === "object" && exported !== null;
  return isObject && "value" in exported && typeof exported.value === "number";
}
