import { expect, test } from "vitest";
import { startApplication } from "./application.ts";

const source = `
  import { game } from "@telltale/gaming";
  import { training } from "@telltale/ml";
  import { bootstrap } from "telltale";
  const diverged = [];
  const telemetry = bootstrap({
    service: { name: "node" }, tracing: false, logging: { sinks: [] }, metrics: { prometheus: { port: 0 } },
    instrumentations: { ml: { onDivergence: ({ reason }) => diverged.push(reason) }, gaming: { game: "craps" } },
  });
  const run = training({ model: "vain-lm" });
  for (const loss of [0.5, 0.25, NaN]) run.step((step) => step.loss(loss));
  run.completed();
  game("craps").session().bet({ type: "blackjack", amount: 10 }).won({ paid: 15 });
  const page = await (await fetch(telemetry.prometheusUrl)).text();
  console.log(JSON.stringify({ diverged, lines: page.split("\\n").filter((line) => /^(ml|game)_/.test(line)) }));
  await telemetry.shutdown();`;

test("bootstrap() with instrumentations.ml and gaming configures what the application tells of", async () => {
  const application = await startApplication({ source, until: "started" });
  const { code, stdout, stderr } = await application.exited;
  expect(code, stderr).toBe(0);
  const { diverged, lines } = JSON.parse(stdout.trim().split("\n").at(-1)!) as Record<string, readonly string[]>;
  // Told only since the instrumentation was given the function.
  expect(diverged).toEqual(["nan_loss"]);
  expect(lines).toContain('ml_training_steps_total{ml_model="vain-lm"} 2');
  expect(lines).toContain('ml_training_loss{ml_model="vain-lm",ml_split="train"} 0.25');
  expect(lines).toContain('ml_training_skipped_steps_total{ml_model="vain-lm",ml_reason="nan_loss"} 1');
  // No bet of craps, as only the game knows that was configured.
  expect(lines).toContain('game_paid_out_total{game_bet_type="other",game_name="craps"} 15');
});
