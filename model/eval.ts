/**
 * Prints the table of the model card: `npm run model:eval`. `--json` adds one JSON object as the last line.
 * The default is the test split; tuning looks at `--split validation` only.
 */
import { parseArgs } from "node:util";
import { SPLIT_CAVEAT, type Split } from "./corpus/split.ts";
import { evaluateJudge, evaluateSolving } from "./evaluation/evaluate.ts";
import { ESPALIER_24_GGUF, loadEngine, loadModel } from "./load.ts";

const SLOTS = 64;

const { values: flags } = parseArgs({
  options: {
    split: { type: "string", default: "test" },
    gguf: { type: "string", default: ESPALIER_24_GGUF },
    samples: { type: "string", default: "64" },
    temperature: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});
const split = parseSplit(flags.split);
const model = loadModel(flags.gguf);
const engine = loadEngine(model, SLOTS);
const temperature = Number(flags.temperature);
const judge = evaluateJudge(model, engine, split);
const solving = await evaluateSolving(model, engine, split, { samples: Number(flags.samples), temperature });

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
console.log(`${model.name}, ${solving.hands} hands of the ${split} split, temperature ${temperature}`);
console.log(SPLIT_CAVEAT);
console.log(`greedy                          ${percent(solving.greedy)}`);
for (const [k, share] of Object.entries(solving.passAt)) {
  const random = percent(solving.randomPassAt[Number(k)] ?? 0);
  console.log(`pass@${k.padEnd(27)}${percent(share).padEnd(9)}random legal steps ${random}`);
}
console.log(`greedy failures lost at step 1  ${percent(solving.greedyLostAtFirstStep)}`);
console.log(`legal step lines                ${percent(solving.legalStepShare)}`);
console.log(`tokens per completion           ${solving.tokensPerCompletion.toFixed(1)}`);
console.log(`judge AUC, ${judge.states} states         ${judge.areaAll.toFixed(3)}`);
console.log(`judge AUC, ${judge.unseenStates} unseen states   ${judge.areaUnseen.toFixed(3)}`);
console.log(`judge AUC within one hand       ${judge.areaWithinHand.toFixed(3)}`);
console.log(`generated tokens per second     ${solving.tokensPerSecond.toFixed(0)}`);
if (flags.json) console.log(JSON.stringify({ model: model.name, split, temperature, solving, judge }));

function parseSplit(text: string): Split {
  if (text === "test" || text === "validation" || text === "train") return text;
  throw new Error(`--split is test, validation or train, not ${text}`);
}
