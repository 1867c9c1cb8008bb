/**
 * A language model that is trained step by step, by itself and by a federation of clients, and answers meanwhile. It can
 * diverge, stall, and be attacked by one of its clients.
 */
import { deployedModel, type FederatedRound, type Federation, type TrainingRun, training } from "@telltale/ml";
import { runDirectly } from "./run-simulator.ts";
import type { SeededRandom } from "./seeded-random.ts";
import { type FaultDescription, type SimulateOptions, simulation } from "./simulation.ts";

export const faults = {
  diverge: {
    description: "The learning rate is too high: the loss rises until it is no number, again after each restart.",
    alerts: ["TrainingDiverged"],
    dueMs: 8 * 60_000,
  },
  stall: {
    description: "The data loader hangs: no step is done any more.",
    alerts: ["TrainingStalled"],
    dueMs: 22 * 60_000,
  },
  byzantine: {
    description: "One client sends updates that are turned round and twenty times as long.",
    alerts: ["ByzantineParticipants"],
    dueMs: 5 * 60_000,
  },
} as const satisfies Record<string, FaultDescription>;

/** What was done, to compare the metrics with. */
export interface TrainingRunSummary {
  readonly runs: number;
  readonly failedRuns: number;
  readonly steps: number;
  readonly skippedSteps: number;
  readonly rounds: number;
  readonly suspects: number;
  readonly predictions: number;
  /** Of the latest run. */
  readonly loss: number | undefined;
  readonly validationAccuracy: number | undefined;
}

const MODEL = "vain-lm";
const STEP_MS = 2_000;
const BATCH = 64;
const STEPS_PER_EPOCH = 200;
/** Some half an hour. */
const STEPS_PER_RUN = 900;
const ROUND_MS = 60_000;
const CLIENTS = 12;
const COORDINATES = 64;
const RESTART_MS = 30_000;
/** After so many steps that are lost, the run is given up and goes back to its checkpoint. */
const LOST_STEPS = 10;

export async function simulate(options: SimulateOptions<keyof typeof faults> = {}): Promise<TrainingRunSummary> {
  const { clock, random, has, run: runClock } = simulation(options, faults);
  const total = { runs: 0, failedRuns: 0, steps: 0, skippedSteps: 0, rounds: 0, suspects: 0, predictions: 0 };
  const model = deployedModel(MODEL);
  let progress = 0;
  let excess = 1;
  let lost = 0;
  let current = start();

  function start(): { readonly run: TrainingRun; readonly federation: Federation } {
    total.runs++;
    const run = training({ model: MODEL, runId: `run-${total.runs}`, now: clock.now });
    return { run, federation: run.federated({ rules: ["norm", "cosine"], action: "excluded" }) };
  }

  function restart(from: number): void {
    const { steps, skippedSteps } = current.run.summary;
    total.steps += steps;
    total.skippedSteps += skippedSteps;
    progress = from;
    excess = 1;
    lost = 0;
    clock.after(RESTART_MS, () => {
      current = start();
      clock.after(STEP_MS, step);
    });
  }

  /** What the loss comes down to with the steps, but for noise. */
  const lossNow = () => (0.4 + 3.6 * Math.exp(-progress / 300)) * random.between(0.93, 1.07) * excess;

  function step(): void {
    if (has("stall")) {
      clock.after(STEP_MS, step);
      return;
    }
    const { run } = current;
    if (has("diverge")) excess *= random.between(1.05, 1.25);
    else excess = 1;
    const loss = excess > 1e4 ? Number.NaN : lossNow();
    const open = run.startStep();
    clock.after(random.between(0.3, 0.5) * STEP_MS, () => {
      const isApplied = open.loss(loss) && open.gradientNorm(0.2 + loss * random.between(0.4, 0.6));
      open.learningRate(has("diverge") ? 0.05 : 0.0005 * (1 + Math.cos((Math.PI * progress) / STEPS_PER_RUN)));
      open.accuracy(Math.min(0.98, Math.exp(-Math.min(loss, 20))));
      open.samples(BATCH);
      open.end();
      after(run, isApplied);
    });
  }

  function after(run: TrainingRun, isApplied: boolean): void {
    if (!isApplied) lost++;
    else progress++;
    if (lost >= LOST_STEPS) {
      total.failedRuns++;
      run.failed(new Error("the loss is no number"));
      restart(progress - (progress % STEPS_PER_EPOCH));
      return;
    }
    if (isApplied && progress % STEPS_PER_EPOCH === 0) {
      run.epoch();
      validate(run);
    }
    if (progress >= STEPS_PER_RUN) {
      run.completed();
      restart(0);
    } else clock.after(random.between(0.4, 0.6) * STEP_MS, step);
  }

  function validate(run: TrainingRun): void {
    run.validate((validation) => {
      const loss = lossNow() * 1.1;
      validation.loss(loss);
      validation.accuracy(Math.exp(-Math.min(loss, 20)));
    });
    model.accuracy(Math.exp(-Math.min(lossNow(), 20)));
  }

  function federate(): void {
    if (has("stall") || current.run.summary.outcome !== undefined) return;
    total.rounds++;
    const round = current.federation.round(total.rounds);
    sendUpdates(round, { random, isAttacked: has("byzantine") });
    total.suspects += round.detect().length;
    clock.after(random.between(200, 900), () => round.aggregated());
  }

  clock.after(STEP_MS, step);
  clock.every(() => ROUND_MS, federate);
  clock.every(
    () => random.exponential(4_000),
    () => {
      total.predictions++;
      model.predicted(0.005 + random.exponential(0.02));
    },
  );
  await runClock();
  const { steps, skippedSteps, loss, validationAccuracy, outcome } = current.run.summary;
  // Of a run that is over they are in the sum already.
  const open = outcome === undefined ? { steps, skippedSteps } : { steps: 0, skippedSteps: 0 };
  current.run[Symbol.dispose]();
  return {
    ...total,
    steps: total.steps + open.steps,
    skippedSteps: total.skippedSteps + open.skippedSteps,
    loss,
    validationAccuracy,
  };
}

/** Clients agree in their direction and differ in how far they go; now and then one of them is away. */
function sendUpdates(
  round: FederatedRound,
  { random, isAttacked }: { readonly random: SeededRandom; readonly isAttacked: boolean },
): void {
  for (let client = 0; client < CLIENTS; client++) {
    const name = `client-${client}`;
    const isByzantine = isAttacked && client === 0;
    if (!isByzantine && random.chance(0.05)) {
      round.dropped(name);
      continue;
    }
    const length = random.between(0.8, 1.2) * (isByzantine ? -20 : 1);
    const update = Float64Array.from(
      { length: COORDINATES },
      (_, i) => length * Math.sin(i) + random.between(-0.02, 0.02),
    );
    round.update(name, update);
  }
}

runDirectly(import.meta.url, {
  name: "training-run",
  description: "A model that is trained by itself and by a federation of clients, and answers meanwhile.",
  faults,
  simulate,
});
