/**
 * What a run is at the moment. Asked for at each collection instead of recorded, so that a run that is over leaves the metrics
 * after a while: its last loss would look like a present one, and its count of steps like that of a run that has stalled.
 */
import { observedCounter, observedGauge, observedUpDownCounter } from "@telltale/metrics";
import { catalogue } from "./catalogue.ts";
import { mlScope } from "./ml-scope.ts";

export type Split = "train" | "validation" | "test";
export type ParticipantState = "active" | "dropped" | "excluded";

/** Longer than any reader waits, shorter than what a rule calls a stall. */
export const KEPT_AFTER_END_MS = 600_000;
const MAX_SLOTS = 400;
/** The first that the metrics do not tell apart. */
const SHARED_SLOT = 8;

export class LiveTraining {
  readonly model: string;
  readonly slot: number;
  /** Of all runs that had this slot, so that the counter never goes back. */
  steps = 0;
  gradientNorm = Number.NaN;
  learningRate = Number.NaN;
  convergenceRate = Number.NaN;
  readonly loss: Record<Split, number> = unknown();
  readonly accuracy: Record<Split, number> = unknown();
  participants: Record<ParticipantState, number> | undefined;
  now: () => number = () => 0;
  /** How many have it now: one, but for the slot that is shared. */
  runs = 0;
  endedAtMs: number | undefined;
  readonly attributes: RunAttributes;

  constructor(model: string, slot: number) {
    this.model = model;
    this.slot = slot;
    this.attributes = slot === 0 ? { "ml.model": model } : { "ml.model": model, "ml.run.slot": slotName(slot) };
  }

  start(now: () => number): this {
    this.now = now;
    this.runs++;
    this.endedAtMs = undefined;
    this.gradientNorm = Number.NaN;
    this.learningRate = Number.NaN;
    this.convergenceRate = Number.NaN;
    Object.assign(this.loss, unknown());
    Object.assign(this.accuracy, unknown());
    this.participants = undefined;
    return this;
  }

  end(): void {
    this.runs--;
    if (this.runs === 0) this.endedAtMs = this.now();
  }

  get isGone(): boolean {
    return this.endedAtMs !== undefined && this.now() - this.endedAtMs > KEPT_AFTER_END_MS;
  }
}

interface RunAttributes {
  readonly "ml.model": string;
  readonly "ml.run.slot"?: SlotName;
}

type SlotName = "1" | "2" | "3" | "4" | "5" | "6" | "7";

const slots = new Map<string, LiveTraining>();

/** The lowest slot of the model that no run has now; beyond them all, the one that its further runs share. */
export function startLiveTraining(model: string, now: () => number): LiveTraining {
  for (let slot = 0; slot < SHARED_SLOT; slot++) {
    const key = `${slot} ${model}`;
    const found = slots.get(key);
    if (found !== undefined && found.runs > 0) continue;
    if (found !== undefined && !found.isGone) return found.start(now);
    if (found === undefined && slots.size >= MAX_SLOTS && !forgetGone()) return shared("other", now);
    const made = new LiveTraining(model, slot);
    slots.set(key, made);
    return made.start(now);
  }
  return shared(model, now);
}

/** The steps of all its runs count, and the rest is that of the latest. */
function shared(model: string, now: () => number): LiveTraining {
  const key = `${SHARED_SLOT} ${model}`;
  const found = slots.get(key) ?? new LiveTraining(model, SHARED_SLOT);
  slots.set(key, found);
  return found.start(now);
}

const splits: readonly Split[] = ["train", "validation", "test"];
const participantStates: readonly ParticipantState[] = ["active", "dropped", "excluded"];

observedCounter({ ...catalogue.trainingSteps, scope: mlScope }, (observe) => {
  forgetGone();
  for (const { steps, attributes } of slots.values()) observe(steps, attributes);
});
observedGauge({ ...catalogue.gradientNorm, scope: mlScope }, (observe) => each("gradientNorm", observe));
observedGauge({ ...catalogue.learningRate, scope: mlScope }, (observe) => each("learningRate", observe));
observedGauge({ ...catalogue.convergenceRate, scope: mlScope }, (observe) => each("convergenceRate", observe));
observedGauge({ ...catalogue.trainingLoss, scope: mlScope }, (observe) => eachSplit("loss", observe));
observedGauge({ ...catalogue.trainingAccuracy, scope: mlScope }, (observe) => eachSplit("accuracy", observe));
observedUpDownCounter({ ...catalogue.participants, scope: mlScope }, (observe) => {
  forgetGone();
  for (const { participants, attributes } of slots.values()) {
    if (participants === undefined) continue;
    for (const state of participantStates) {
      observe(participants[state], { ...attributes, "ml.participant.state": state });
    }
  }
});

function each(
  value: "gradientNorm" | "learningRate" | "convergenceRate",
  observe: (value: number, attributes: RunAttributes) => void,
): void {
  forgetGone();
  for (const live of slots.values()) if (!Number.isNaN(live[value])) observe(live[value], live.attributes);
}

function eachSplit(
  value: "loss" | "accuracy",
  observe: (value: number, attributes: RunAttributes & { readonly "ml.split": Split }) => void,
): void {
  forgetGone();
  for (const live of slots.values()) {
    for (const split of splits) {
      if (!Number.isNaN(live[value][split])) observe(live[value][split], { ...live.attributes, "ml.split": split });
    }
  }
}

/** Whether there was something to forget. */
function forgetGone(): boolean {
  let hasGone = false;
  for (const [key, live] of slots) if (live.isGone) hasGone = slots.delete(key);
  return hasGone;
}

function unknown(): Record<Split, number> {
  return { train: Number.NaN, validation: Number.NaN, test: Number.NaN };
}

/** That of the shared one is `other` in the metrics. */
function slotName(slot: number): SlotName {
  return String(slot) as SlotName;
}
