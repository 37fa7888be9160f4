import { parseArgs } from "node:util";
import { type Campaign, runCampaign } from "./campaign.ts";
import { type Finding, reconcile, type Verdict } from "./reconcile.ts";
import { quantile, resumeTimes } from "./resume-times.ts";

const USAGE = `npm run crash -- [options]
  --searches N    searches to begin (1000)
  --kills N       processes to kill (a tenth of the searches, 10 at least)
  --seed N        of where and when they are killed (drawn)
  --json          the last line is one JSON object`;

const { values } = parseArgs({
  options: {
    searches: { type: "string", default: "1000" },
    kills: { type: "string" },
    seed: { type: "string" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const searches = Number(values.searches);
const kills = values.kills === undefined ? Math.max(10, Math.ceil(searches / 10)) : Number(values.kills);
const seed = values.seed === undefined ? Math.floor(Math.random() * 1_000_000) : Number(values.seed);

console.log(`${searches} searches, ${kills} kills, seed ${seed}`);
const campaign = await runCampaign({ searches, kills, seed, waitsForHolds: true, tell: console.log });
const verdict = reconcile(campaign.evidence);
const resumed = resumeTimes(campaign.evidence.lives, campaign.evidence.logs.values());
report(campaign, verdict);
if (values.json) {
  const { lost, meteredTwice, repeatedCalls } = verdict;
  console.log(
    JSON.stringify({
      searches,
      lost: new Set(lost.map(({ searchId }) => searchId)).size,
      meteredTwice: meteredTwice.length,
      repeatedCalls: repeatedCalls.length,
      kills,
      resumeP50Ms: quantile(resumed, 0.5),
      resumeP99Ms: quantile(resumed, 0.99),
    }),
  );
}
process.exit(isFlawless(campaign, verdict) ? 0 : 1);

function report({ evidence, points, seen, died, restMs, ...counts }: Campaign, { answeredInVain, ...found }: Verdict) {
  const { acknowledged, calls, logs, leases, budget } = evidence;
  console.log(
    `${acknowledged.size} acknowledged, ${logs.size} logs, ${leases.length} leases, ${calls.length} calls at the provider`,
  );
  console.log(`${answeredInVain} calls were answered while their searches were being killed, and were made again`);
  console.log(`${counts.repeatedRequests} requests were sent again; ${budget.reserved} nanodollars are still held`);
  console.log(`${points.length} cut points, ${seen.size} of them come to, ${died.size} died at`);
  console.log(
    `${resumed.length} resumptions, the longest after ${quantile(resumed, 1)} ms; at rest after ${restMs} ms`,
  );
  for (const text of [...counts.refusals, ...counts.failedRuns]) console.log(`FAULT ${text}`);
  for (const [kind, findings] of Object.entries(found as Readonly<Record<string, readonly Finding[]>>)) {
    for (const { searchId, what } of findings) console.log(`FAULT ${kind}: ${searchId}: ${what}`);
  }
}

function isFlawless({ restMs, evidence, refusals, failedRuns }: Campaign, verdict: Verdict): boolean {
  const { lost, meteredTwice, unmetered, repeatedCalls, twins } = verdict;
  const findings = [lost, meteredTwice, unmetered, repeatedCalls, twins, refusals, failedRuns].flat();
  return (
    findings.length === 0 &&
    restMs !== null &&
    evidence.acknowledged.size === searches &&
    evidence.budget.reserved === 0
  );
}
