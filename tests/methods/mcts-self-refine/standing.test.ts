import { expect, test } from "vitest";
import { AUTOMATIC_ANSWER } from "../../../src/core/answer/answer.ts";
import { Tree } from "../../../src/core/tree.ts";
import { createStanding } from "../../../src/methods/mcts-self-refine/expansion.ts";
import { critic } from "../../world/critic.ts";
import { createPlayer } from "../../world/player.ts";
import { runWorld } from "../../world/search.ts";

test.each([1, 4])(
  "what is remembered of a tree is what one pass over it finds, whenever the loop may look, width %i",
  async (width) => {
    const run = await runWorld({
      method: "mcts-self-refine",
      verifiers: ["grade"],
      reply: critic,
      rollouts: 14,
      width,
      player: createPlayer(0),
      failure: ({ number }) => (number % 7 === 3 ? { type: "unavailable", message: "503" } : null),
    });
    const tree = new Tree(AUTOMATIC_ANSWER, run.setup.method.backup);
    const remembering = createStanding(0.1, 3);
    let looks = 0;
    for (const event of run.events) {
      tree.apply(event);
      // In the middle of a step's results nobody decides.
      if (event.type !== "step-start" && event.type !== "step-end" && event.type !== "step-fail") continue;
      looks++;
      const { owed, note, next } = createStanding(0.1, 3)(tree);
      expect(remembering(tree)).toMatchObject({ owed, note, next });
    }
    expect(looks).toBeGreaterThan(60);
  },
);
