/**
 * npm run bench:baselines: how many faults of labelled series are found, how many false alarms there are beside them, and what
 * a sample and a series cost; beside simple detectors, each at the threshold that is best for it on these very series.
 */
import { parseArgs } from "node:util";
import { Baseline } from "@telltale/alerting";
import { type Detector, peers, telltale } from "./baselines/detectors.ts";
import { judge, sumOf } from "./baselines/judge.ts";
import { faultKinds, labelledSeries, shapes } from "./baselines/shapes.ts";
import { median, table, writeSection } from "./report.ts";

const { values } = parseArgs({
  options: {
    series: { type: "string", default: "12" },
    seed: { type: "string", default: "1" },
    /** A series of each shape, and nothing is written. */
    quick: { type: "boolean" },
    /** What is found by shape and false alarms, to the terminal only. */
    dry: { type: "boolean" },
  },
});
const perShape = values.quick ? 1 : Number(values.series);
const intervalsMs = [300_000, 60_000, 900_000, 3_600_000];
const all = shapes.flatMap((shape, s) =>
  Array.from({ length: perShape }, (_, i) =>
    labelledSeries(shape, {
      seed: Number(values.seed) * 1e6 + s * 1000 + i,
      intervalMs: intervalsMs[i % (values.quick ? 1 : 4)]!,
    }),
  ),
);
const samples = all.reduce((sum, series) => sum + series.samples.length, 0);

const own = run(telltale);
const others = Object.entries(peers).map(([name, peer]) => {
  const tries = [3, 4, 5, 6, 8, 10].map((threshold) => ({ threshold, ...run(() => peer(threshold)) }));
  const best = tries.reduce((a, b) => (b.all.f1 > a.all.f1 ? b : a));
  return { name: `${name} (${best.threshold})`, ...best };
});
const candidates = [{ name: "telltale", ...own }, ...others];

const overall = table([
  ["detector", "F1", "precision", "recall", "delay, median", "false alarms a series and week", "µs of CPU a sample"],
  ...candidates.map(({ name, all: { f1, precision, recall, delaysMs, falseAlarms, days }, cpuUs }) => [
    name,
    f1.toFixed(2),
    precision.toFixed(2),
    recall.toFixed(2),
    `${(median(delaysMs) / 60_000).toFixed(0)} min`,
    ((falseAlarms / days) * 7).toFixed(2),
    (cpuUs / samples).toFixed(1),
  ]),
]);
const byShape = table([
  ["F1 by shape", ...candidates.map(({ name }) => name)],
  ...shapes.map((shape) => [
    shape,
    ...candidates.map(({ verdicts }) => sumOf(verdicts.filter((_, i) => all[i]!.shape === shape)).f1.toFixed(2)),
  ]),
]);
const byFault = table([
  ["found, by fault", ...candidates.map(({ name }) => name)],
  ...faultKinds.map((kind) => [
    kind,
    ...candidates.map(({ all: { byFault } }) => {
      const of = byFault.filter((fault) => fault.kind === kind);
      return of.length === 0 ? "none" : `${((100 * of.filter(({ found }) => found).length) / of.length).toFixed(0)} %`;
    }),
  ]),
]);
const text = `${overall}\n\n${byShape}\n\n${byFault}\n\nA series that is known for four weeks takes ${savedBytes()} bytes as saved.`;
console.log(text);
if (!values.quick && !values.dry) {
  writeSection(
    "baselines",
    "Baselines: `npm run bench:baselines`",
    `${all.length} series of four weeks, made by a seed, with five faults each after the first ten days; samples every 1, 5, 15 or 60 minutes. An alarm is what is above the threshold without an hour's break; alarms in the six hours after a fault count neither way. Each simple detector has the threshold, in brackets, whose F1 is best on these very series; telltale has its defaults.\n\n${text}`,
  );
}

function run(detector: () => Detector) {
  const start = process.cpuUsage();
  const verdicts = all.map((series) => judge(series, detector()));
  const { user, system } = process.cpuUsage(start);
  return { verdicts, all: sumOf(verdicts), cpuUs: user + system };
}

function savedBytes(): number {
  const baseline = new Baseline();
  for (const sample of all[0]!.samples) baseline.feed(sample);
  return Buffer.byteLength(baseline.save());
}
