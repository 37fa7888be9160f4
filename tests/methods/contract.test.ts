import { expect, test } from "vitest";
import { METHODS } from "../../src/methods/index.ts";
import { formGateContract } from "../contracts/form-gate.ts";
import { type MethodCase, methodContract } from "../contracts/method.ts";
import { METHOD_CASES } from "./cases.ts";

const CASES: readonly MethodCase[] = [
  { method: "single", verifiers: ["game-of-24"] },
  { method: "best-of-n", verifiers: ["game-of-24"] },
  { method: "best-of-n", verifiers: ["agreement"] },
  { method: "best-of-n", params: { samples_per_call: 4 }, verifiers: ["game-of-24"] },
  { method: "self-consistency", verifiers: ["agreement"] },
  { method: "self-consistency", verifiers: [] },
  { method: "mcts", verifiers: ["game-of-24", "judge"] },
  { method: "mcts", params: { expansion: "rollout", samples_per_call: 1 }, verifiers: ["game-of-24"] },
  ...METHOD_CASES,
];

for (const one of CASES) {
  methodContract(one);
  formGateContract(one);
}

test("every method of the list is under the contract", () => {
  expect(new Set(CASES.map(({ method }) => method))).toEqual(new Set(METHODS.map(({ name }) => name)));
});
