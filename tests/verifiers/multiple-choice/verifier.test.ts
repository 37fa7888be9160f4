import fc from "fast-check";
import { expect, test } from "vitest";
import { choiceIn, optionsIn } from "../../../src/verifiers/multiple-choice/options.ts";
import { multipleChoice } from "../../../src/verifiers/multiple-choice/verifier.ts";
import { checked, faultOf } from "../checked.ts";

const LISTED = { A: "Berlin", B: "Paris", C: "Rome", D: "1/2" };

test.each([
  ["Where?\n(A) Berlin\n(B) Paris\n(C) Rome\n(D) 1/2"],
  ["Where?\nA) Berlin\nB) Paris\nC) Rome\nD) 1/2\n\nAnswer with a letter."],
  ["Where?\nA. Berlin\nB. Paris\nC. Rome\nD. 1/2"],
  ["Where? A: Berlin, B: Paris, C: Rome, D: 1/2"],
  ["Where? (A) Berlin (B) Paris (C) Rome (D) 1/2"],
  ["$\\textbf{(A)}\\ Berlin \\qquad \\textbf{(B)}\\ Paris \\qquad \\textbf{(C)}\\ Rome \\qquad \\textbf{(D)}\\ 1/2$"],
  ["Example: (A) x (B) y. Now you.\n(A) Berlin\n(B) Paris\n(C) Rome\n(D) 1/2"],
])("reads the options of %j", (question) => {
  expect(Object.fromEntries(optionsIn(question))).toEqual(LISTED);
});

test.each([["What is 1 + 1?"], ["A man walks in. B is missing."], ["(A) alone"], [""]])("%j lists none", (question) => {
  expect(optionsIn(question).size).toBe(0);
});

const OPTIONS = new Map(Object.entries(LISTED));

test.each([
  ["B", "B"],
  ["b", "B"],
  ["(B)", "B"],
  ["B.", "B"],
  ["**B**", "B"],
  ["\\text{(B)}", "B"],
  ["option B", "B"],
  ["The correct option is (B)", "B"],
  ["(B) Paris", "B"],
  ["B. Paris", "B"],
  ["B) the capital of France", "B"],
  ["Paris", "B"],
  ["paris.", "B"],
  ["0.5", "D"],
  ["(B) Rome", null],
  ["E", null],
  ["London", null],
  ["B or C", null],
  ["", null],
])("%j chooses %j", (answer, letter) => {
  const choice = choiceIn(answer, OPTIONS);
  expect(choice.type === "letter" ? choice.letter : null).toBe(letter);
});

const question = "Where?\n(A) Berlin\n(B) Paris\n(C) Rome";
const asked = { messages: [{ role: "user" as const, content: question }] };

test("the reference is a letter or the text of an option, and so is the answer", () => {
  for (const reference of ["B", "(B)", "Paris", "As it is the capital,\nAnswer: B"]) {
    const check = checked(multipleChoice, {}, { ...asked, reference });
    expect(check.refusal()).toBeNull();
    expect(check.score("Paris")).toEqual({
      value: 1,
      kind: "verdict",
      reason: "chooses B",
      verifier: "multiple-choice",
    });
    expect(check.score("C")).toMatchObject({ value: 0, reason: "chooses C" });
    expect(check.score("(B) Rome")).toMatchObject({ value: 0, reason: "names option B with the text of option C" });
    expect(check.score(null, "We think.\nSo it is option (B)")).toMatchObject({ value: 0 });
    expect(check.score(null, "We think.\n(B)")).toMatchObject({ value: 1 });
  }
});

test("options may be the request's", () => {
  const check = checked(multipleChoice, { options: ["yes", "no"] }, { reference: "no" });
  expect(check.refusal()).toBeNull();
  expect([check.score("B")?.value, check.score("No.")?.value, check.score("A")?.value]).toEqual([1, 1, 0]);
  expect(faultOf(multipleChoice, { options: ["one"] })?.[0]).toBe("options");
});

test("a reference that is no option, or none at all, is refused with the reason", () => {
  expect(checked(multipleChoice, {}, asked).refusal()).toMatch(/no search\.reference/);
  expect(checked(multipleChoice, {}, { ...asked, reference: "D" }).refusal()).toMatch(/there are A, B, C/);
  expect(checked(multipleChoice, {}, { reference: "Paris" }).refusal()).toMatch(/the question lists none/);
  expect(checked(multipleChoice, {}, { reference: "C" }).refusal()).toBeNull();
});

test("no question and no answer throws, however they are made up", () => {
  const text = fc.array(fc.constantFrom("(A)", "(B)", "A.", "B)", " ", "\n", "\\textbf{", "}", "x", "option "), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(text, text, (one, other) => {
      const options = optionsIn(one.join(""));
      expect(["letter", "none"]).toContain(choiceIn(other.join(""), options).type);
    }),
  );
});

test("hostile questions and answers take bounded time", () => {
  const startedAtMs = performance.now();
  for (const piece of ["(A) ", "A. ", " ", "\n", "option ", "(", "\\textbf{(A)}\\ "]) {
    const long = piece.repeat(100_000 / piece.length);
    choiceIn(long, optionsIn(long));
  }
  expect(performance.now() - startedAtMs).toBeLessThan(5000);
});
