/**
 * Trains a small network to read handwritten digits, and tells telltale how it goes. With `--learning-rate 1000` it diverges.
 *
 *     npm run example train-digits -- --help
 */
import { setImmediate } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type Divergence, deployedModel, gradientNorm, type TrainingRun, training } from "@telltale/ml";
import { bootstrap } from "telltale";
import { failInALine, numberOption } from "../command-line.ts";
import { type Digit, loadDigits, shuffle } from "./digits.ts";
import { Network } from "./network.ts";
import { showProgress } from "./progress-bar.ts";

const BATCH = 32;
/** After so many lost steps in a row there is nothing to wait for. */
const LOST_STEPS = 5;

const HELP = `A small network that learns to read handwritten digits.

npm run example train-digits -- [options]

  --epochs <number>         how often it sees all digits (3)
  --learning-rate <number>  how far a step goes (0.1); at 1000 the loss rises, at 1e30 it is no number any more
  --hidden <number>         its inner cells (32)
  --seed <number>           the same seed gives the same network (1)
  --port <number>           of the page for Prometheus (9464); 0 is any that is free`;

interface Settings {
  readonly epochs: number;
  readonly learningRate: number;
  readonly hidden: number;
  readonly seed: number;
  readonly port: number;
}

main().catch(failInALine);

async function main(): Promise<void> {
  const settings = settingsFrom(process.argv.slice(2));
  if (settings === undefined) {
    console.log(HELP);
    return;
  }
  const { hidden, port, seed } = settings;
  const telemetry = bootstrap({
    service: { name: "train-digits" },
    tracing: false,
    logging: { sinks: [] },
    metrics: { prometheus: { port } },
    instrumentations: {
      ml: {
        risingLossFactor: 3,
        onDivergence: ({ reason, step }: Divergence) => console.log(`\ndiverged at step ${step}: ${reason}`),
      },
    },
  });
  const digits = loadDigits({ seed });
  const network = new Network({ hidden, seed });
  console.log(`${digits.train.length} digits, ${network.parameters} parameters; metrics at ${telemetry.prometheusUrl}`);

  const run = training({ model: "digits" });
  await train(run, { digits, network, settings });
  console.log(summaryOf(run));
  if (run.summary.outcome === "completed") answer(network, digits.validation.slice(0, 500));
  console.log(await trainingMetrics(telemetry.prometheusUrl!));
  await telemetry.shutdown();
}

/** Undefined when help was asked for. */
function settingsFrom(args: string[]): Settings | undefined {
  const { values } = parseArgs({
    args,
    options: {
      epochs: { type: "string", default: "3" },
      "learning-rate": { type: "string", default: "0.1" },
      hidden: { type: "string", default: "32" },
      seed: { type: "string", default: "1" },
      port: { type: "string", default: "9464" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  return {
    epochs: numberOption("epochs", values.epochs, { min: 1, whole: true }),
    learningRate: numberOption("learning-rate", values["learning-rate"]),
    hidden: numberOption("hidden", values.hidden, { min: 1, whole: true }),
    seed: numberOption("seed", values.seed),
    port: numberOption("port", values.port, { whole: true }),
  };
}

interface Trained {
  readonly digits: ReturnType<typeof loadDigits>;
  readonly network: Network;
  readonly settings: Settings;
}

async function train(run: TrainingRun, trained: Trained): Promise<void> {
  const { digits } = trained;
  const { epochs, seed } = trained.settings;
  const order = [...digits.train];
  const total = epochs * Math.ceil(order.length / BATCH);
  let [done, lost] = [0, 0];
  for (let epoch = 1; epoch <= epochs; epoch++) {
    shuffle(order, seed + epoch);
    for (let at = 0; at < order.length; at += BATCH) {
      const isApplied = trainOn(run, trained, order.slice(at, at + BATCH));
      lost = isApplied ? 0 : lost + 1;
      if (lost === LOST_STEPS) return run.failed(new Error(`${lost} steps in a row had no loss`));
      const { loss, skippedSteps } = run.summary;
      const text = `epoch ${epoch}, loss ${loss?.toFixed(3)}${skippedSteps > 0 ? `, ${skippedSteps} skipped` : ""}`;
      showProgress({ done: ++done, total, text, isLineEnd: at + BATCH >= order.length });
      // So that the page is served meanwhile.
      await setImmediate();
    }
    run.epoch();
    validate(run, trained);
  }
  run.completed();
}

function trainOn(run: TrainingRun, { network, settings }: Trained, batch: readonly Digit[]): boolean {
  const { learningRate } = settings;
  return run.step((step) => {
    const { loss, accuracy, gradients } = network.evaluate(batch);
    step.samples(batch.length);
    step.learningRate(learningRate);
    if (!step.loss(loss) || !step.gradientNorm(gradientNorm(gradients))) return false;
    step.accuracy(accuracy);
    network.apply(gradients, learningRate);
    return true;
  });
}

function validate(run: TrainingRun, { digits, network }: Trained): void {
  run.validate((validation) => {
    const { loss, accuracy } = network.evaluate(digits.validation);
    validation.loss(loss);
    validation.accuracy(accuracy);
  });
}

/** The trained network reads digits that it has not seen. */
function answer(network: Network, unseen: readonly Digit[]): void {
  const model = deployedModel("digits");
  const right = unseen.filter(({ pixels, label }) => model.predict(() => network.read(pixels)) === label).length;
  model.accuracy(right / unseen.length);
  console.log(`${right} of ${unseen.length} that it has not seen were read right`);
}

function summaryOf(run: TrainingRun): string {
  const { outcome, steps, skippedSteps, samples, seconds, loss, validationLoss, validationAccuracy } = run.summary;
  const accuracy = validationAccuracy === undefined ? "none" : `${(100 * validationAccuracy).toFixed(1)} %`;
  return [
    `\n${outcome} after ${seconds.toFixed(1)} s`,
    `steps       ${steps} (${Math.round(steps / seconds)} a second), ${skippedSteps} skipped`,
    `samples     ${samples}`,
    `loss        ${loss?.toFixed(4) ?? "none"}, of validation ${validationLoss?.toFixed(4) ?? "none"}`,
    `accuracy    ${accuracy}\n`,
  ].join("\n");
}

async function trainingMetrics(url: string): Promise<string> {
  const page = await (await fetch(url)).text();
  return page
    .split("\n")
    .filter((line) => /^ml_(training|model)_/.test(line) && !/_bucket|_created/.test(line))
    .join("\n");
}
