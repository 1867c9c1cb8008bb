import { logs } from "@opentelemetry/api";
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from "@opentelemetry/sdk-logs";
import { type Instrument, instruments } from "@telltale/metrics";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { FederationOptions } from "./federation.ts";
import { training } from "./training-run.ts";

let models = 0;

function federation(options: FederationOptions = {}) {
  const clock = { ms: 0 };
  const model = `federated-${models++}`;
  const run = training({ model, now: () => clock.ms, spans: false });
  const points = (name: string, match: Readonly<Record<string, string>> = {}) => {
    const instrument = Array.from(instruments()).find((one) => one.name === name) as Instrument;
    instrument.refresh();
    return instrument
      .series()
      .filter(({ attributes }) => attributes["ml.model"] === model)
      .filter(({ attributes }) => Object.entries(match).every(([key, value]) => attributes[key] === value))
      .map((one) => one.total());
  };
  const participants = (state: string) =>
    points("ml.training.participants", { "ml.participant.state": state })[0] as number | undefined;
  return {
    clock,
    run,
    federated: run.federated(options),
    sum: (name: string, match = {}) => (points(name, match) as number[]).reduce((sum, value) => sum + value, 0),
    times: (name: string, match = {}) => points(name, match) as unknown as { count: number; sum: number }[],
    participants: () => [participants("active"), participants("dropped"), participants("excluded")],
  };
}

/** Updates that agree but for a little. */
const honest = (i: number) => Array.from({ length: 50 }, (_, k) => Math.cos(k) * (1 + 0.02 * ((i * 7 + k) % 5)));

test("detections are 0 from the start, for every rule and action", () => {
  const { times, sum } = federation();
  expect(times("ml.training.byzantine.detections").length).toBe(10);
  expect(sum("ml.training.byzantine.detections")).toBe(0);
});

test("an update that is far off is told, and left out of the aggregation where it is to be excluded", () => {
  const { federated, participants, sum, times } = federation({ rules: ["norm", "cosine"], action: "excluded" });
  const round = federated.round(1);
  for (let i = 0; i < 8; i++) round.update(`client-${i}`, honest(i));
  round.update(
    "mallory",
    honest(8).map((value) => -50 * value),
  );
  round.dropped("late");
  const aggregated = round.aggregate((names) => names.length);
  expect(aggregated).toBe(8);
  expect(participants()).toEqual([8, 1, 1]);
  expect(sum("ml.training.byzantine.detections", { "ml.rule": "norm", "ml.action": "excluded" })).toBe(1);
  expect(sum("ml.training.byzantine.detections", { "ml.rule": "cosine" })).toBe(1);
  expect(times("ml.training.update.deviation", { "ml.measure": "l2" })[0]?.count).toBe(9);
  expect(times("ml.training.update.deviation", { "ml.measure": "cosine" })[0]?.sum).toBeGreaterThan(1.9);
});

test("a suspect that is only flagged is aggregated all the same, which is the default", () => {
  const { federated, participants, sum } = federation();
  const round = federated.round(1);
  for (let i = 0; i < 8; i++) round.update(`client-${i}`, honest(i));
  round.update(
    "mallory",
    honest(8).map((value) => 50 * value),
  );
  expect(round.detect()).toEqual([{ participant: "mallory", rules: ["norm"] }]);
  expect(round.detect().length).toBe(1);
  round.aggregate((names) => expect(names).toContain("mallory"));
  expect(participants()).toEqual([9, 0, 0]);
  expect(sum("ml.training.byzantine.detections", { "ml.action": "flagged" })).toBe(1);
});

test("an update with a number that is none is suspect, however few there are", () => {
  const { federated } = federation();
  const round = federated.round(1);
  round.update("a", [1, 2, 3]);
  round.update("b", [1, Number.NaN, 3]);
  expect(round.detect()).toEqual([{ participant: "b", rules: ["norm"] }]);
});

test("updates that the application measured are recorded, and so is what it suspects", () => {
  const { federated, sum, times } = federation();
  const round = federated.round(7);
  round.update("a", { l2: 0.2, cosine: 0.01 });
  round.update("b", { l2: 4 });
  round.suspect("b", { rule: "krum", action: "excluded" });
  expect(times("ml.training.update.deviation", { "ml.measure": "l2" })[0]).toMatchObject({ count: 2, sum: 4.2 });
  expect(sum("ml.training.byzantine.detections", { "ml.rule": "krum", "ml.action": "excluded" })).toBe(1);
});

test("the time of an aggregation is that of its work, or else the time since the last update", () => {
  const { clock, federated, times } = federation();
  const first = federated.round(1);
  first.update("a", [1]);
  clock.ms += 2_000;
  first.aggregated();
  const second = federated.round(2);
  second.update("a", [1]);
  clock.ms += 5_000;
  second.aggregate(() => {
    clock.ms += 1_000;
  });
  expect(times("ml.training.aggregation.duration")[0]).toMatchObject({ count: 2, sum: 3 });
});

test("an aggregation that fails has no time, and its error comes back", async () => {
  const { federated, times } = federation();
  await expect(federated.round(1).aggregate(async () => Promise.reject(new Error("shapes")))).rejects.toThrow("shapes");
  expect(times("ml.training.aggregation.duration")[0]?.count).toBe(0);
});

test("the next round begins with nobody, and what comes to the last one is an anomaly", () => {
  const { federated, participants, sum, run } = federation();
  const first = federated.round(1);
  first.update("a", [1]);
  first.update("b", [1]);
  const second = federated.round(2);
  expect(participants()).toEqual([0, 0, 0]);
  first.update("c", [1]);
  first.dropped("a");
  expect(participants()).toEqual([0, 0, 0]);
  expect(sum("ml.anomalies", { "ml.anomaly": "closed_round" })).toBe(2);
  run.completed();
  second.update("a", [1]);
  second.aggregated();
  expect(sum("ml.anomalies", { "ml.anomaly": "closed_round" })).toBe(4);
});

test("an update of another length than the first, and one that is none, are left out", () => {
  const { federated, sum } = federation();
  const round = federated.round(1);
  round.update("a", [1, 2]);
  round.update("b", [1, 2, 3]);
  round.update("c", "1,2" as never);
  round.update("d", { l2: Number.NaN, cosine: -0.5 });
  expect(sum("ml.anomalies", { "ml.anomaly": "bad_value" })).toBe(4);
  expect(round.detect()).toEqual([]);
});

test("the caller may use its array again after update()", () => {
  const { federated } = federation({ rules: ["zscore"] });
  const round = federated.round(1);
  const buffer = new Float32Array(50);
  for (let i = 0; i < 6; i++) {
    buffer.set(honest(i));
    if (i === 3) buffer.fill(9);
    round.update(`client-${i}`, buffer);
  }
  expect(round.detect().map(({ participant }) => participant)).toEqual(["client-3"]);
});

test("a long update is looked at in a part of its coordinates, but for numbers that are none", () => {
  const { federated } = federation({ rules: ["norm"], maxCoordinates: 10 });
  const round = federated.round(1);
  for (let i = 0; i < 6; i++) round.update(`client-${i}`, honest(i));
  round.update(
    "nan",
    honest(6).map((value, k) => (k === 1 ? Number.NaN : value)),
  );
  expect(round.detect()).toEqual([{ participant: "nan", rules: ["norm"] }]);
});

test("who is suspect is told in a log record, never in a metric", async () => {
  const exporter = new InMemoryLogRecordExporter();
  logs.disable();
  logs.setGlobalLoggerProvider(new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] }));
  const { federated, run } = federation();
  federated.round(3).suspect("client-9", { rule: "krum" });
  await new Promise((resolve) => setImmediate(resolve));
  logs.disable();
  expect(exporter.getFinishedLogRecords().map(({ eventName, attributes }) => [eventName, attributes])).toEqual([
    [
      "ml.suspect_update",
      {
        "ml.model": run.model,
        "ml.round": 3,
        "ml.participant": "client-9",
        "ml.rule": "krum",
        "ml.action": "flagged",
      },
    ],
  ]);
  for (const instrument of instruments()) {
    for (const series of instrument.series()) expect(JSON.stringify(series.attributes)).not.toContain("client-9");
  }
});

test("wrong options throw at once", () => {
  expect(() => federation({ rules: ["krumm" as never] })).toThrow(/ml\.rules is \["krumm"\]; give names out of norm/);
  expect(() => federation({ action: "banned" as never })).toThrow(/give "flagged" or "excluded"/);
  expect(() => federation({ maxCoordinates: 0 })).toThrow(/maxCoordinates is 0/);
});

test("each participant is in one state, whatever comes in whatever order", () => {
  const event = fc.tuple(fc.constantFrom("update", "dropped", "suspect"), fc.integer({ min: 0, max: 5 }));
  const { federated, participants } = federation();
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      const round = federated.round(1);
      const seen = new Set<number>();
      const excluded = new Set<number>();
      for (const [kind, number] of events) {
        seen.add(number);
        if (kind === "update") round.update(`p${number}`, [number]);
        else if (kind === "dropped") round.dropped(`p${number}`);
        else {
          excluded.add(number);
          round.suspect(`p${number}`, { rule: "norm", action: "excluded" });
        }
      }
      const [active = 0, dropped = 0, out = 0] = participants();
      expect(active + dropped + out).toBe(seen.size);
      expect(out).toBe(excluded.size);
    }),
    { numRuns: 100 },
  );
});
