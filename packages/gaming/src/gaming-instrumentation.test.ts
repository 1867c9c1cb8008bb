import {
  AggregationTemporality,
  InMemoryMetricExporter,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { instrumentProducer } from "@telltale/metrics";
import { expect, test } from "vitest";
import { game } from "./game.ts";
import { GamingInstrumentation } from "./gaming-instrumentation.ts";

test("in a plain NodeSDK a game is configured by its instrumentation and read by its reader", async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, metricProducers: [instrumentProducer()] });
  const instrumentation = new GamingInstrumentation();
  const sdk = new NodeSDK({
    instrumentations: [instrumentation],
    metricReaders: [reader],
    spanProcessors: [],
    logRecordProcessors: [],
    resourceDetectors: [],
  });
  sdk.start();
  const table = game("craps").session({ players: 2 });
  table.bet({ type: "pass_line", amount: 10 }).won({ paid: 20 });
  table.bet({ type: "no_such_bet", amount: 10 }).lost();
  await reader.forceFlush();
  await sdk.shutdown();
  const metrics = exporter.getMetrics().flatMap((one) => one.scopeMetrics.flatMap((scope) => scope.metrics));
  const pointsOf = (name: string) =>
    metrics
      .find(({ descriptor }) => descriptor.name === name)
      ?.dataPoints.filter(({ attributes }) => attributes["game.name"] === "craps")
      .map(({ attributes, value }) => [attributes["game.bet.type"], value]) ?? [];
  expect(pointsOf("game.players.active")).toEqual([[undefined, 2]]);
  expect(pointsOf("game.wagered")).toContainEqual(["pass_line", 10]);
  // Only the game that the instrumentation configured knows what is no bet of craps.
  expect(pointsOf("game.wagered")).toContainEqual(["other", 10]);
  expect(instrumentation.game).toBe(game("craps"));
  instrumentation.disable();
  expect(instrumentation.game).toBeUndefined();
});

test("craps is known; another game brings its own bets and law", () => {
  const config = { game: "roulette", betTypes: ["red", "black"], law: { red: 18, black: 18, zero: 1 } };
  const roulette = new GamingInstrumentation(config).game!;
  expect(roulette.name).toBe("roulette");
  const table = roulette.session();
  table.draw("red");
  expect(roulette.fairness().all.draws).toBe(1);
  expect(new GamingInstrumentation({ enabled: false }).game).toBeUndefined();
  expect(() => new GamingInstrumentation({ game: "dice", law: [] as never })).toThrow(/gaming\.law/);
});
