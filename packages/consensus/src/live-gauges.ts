/**
 * What is as it is: heights, ratios, states. Asked for at each collection instead of recorded, so that a chain that is closed,
 * or whose source went silent, leaves no last value behind that looks like a present one.
 */
import { observedGauge, observedUpDownCounter } from "@telltale/metrics";
import { catalogue } from "./catalogue.ts";
import { consensusScope } from "./consensus-scope.ts";

/** The metrics of the catalogue that are observed, each with the attribute by which its values are told apart. */
const splits = {
  blockHeight: "consensus.block.status",
  finalityLag: undefined,
  roundCurrent: undefined,
  proposalPending: undefined,
  quorumRatio: "consensus.vote.type",
  validators: "consensus.validator.state",
  votingPower: "consensus.validator.state",
  leaderPresent: undefined,
  leaderSelf: undefined,
  forks: undefined,
} as const;

export type LiveMetric = keyof typeof splits;

/** The value of one series; NaN until there is one. */
export interface LiveValue {
  value: number;
}

interface Slot extends LiveValue {
  readonly attributes: Readonly<Record<string, string>>;
}

/** As many votes of different types, or states, as a chain keeps apart. */
const MAX_SLOTS = 50;

export class LiveGauges implements Disposable {
  /** Monotonic milliseconds from which on nothing is observed any more. */
  freshUntilMs = Number.POSITIVE_INFINITY;
  readonly slots = new Map<LiveMetric, Map<string, Slot>>();
  readonly now: () => number;
  private readonly chain: string;

  constructor(chain: string, now: () => number) {
    this.chain = chain;
    this.now = now;
    live.add(this);
  }

  /** The value to write to; `split` tells it apart from others of the same metric, such as `head` of the heights. */
  slot(metric: LiveMetric, split = ""): LiveValue {
    let slots = this.slots.get(metric);
    if (slots === undefined) {
      slots = new Map();
      this.slots.set(metric, slots);
    }
    const found = slots.get(split);
    if (found !== undefined) return found;
    const key = splits[metric];
    const attributes = { "consensus.chain": this.chain, ...(key === undefined ? {} : { [key]: split }) };
    const slot = { value: Number.NaN, attributes };
    if (slots.size < MAX_SLOTS) slots.set(split, slot);
    return slot;
  }

  set(metric: LiveMetric, value: number, split = ""): void {
    this.slot(metric, split).value = value;
  }

  [Symbol.dispose](): void {
    live.delete(this);
  }
}

const live = new Set<LiveGauges>();

observedGauge({ ...catalogue.blockHeight, scope: consensusScope }, (observe) => each("blockHeight", observe));
observedGauge({ ...catalogue.finalityLag, scope: consensusScope }, (observe) => each("finalityLag", observe));
observedGauge({ ...catalogue.roundCurrent, scope: consensusScope }, (observe) => each("roundCurrent", observe));
observedGauge({ ...catalogue.quorumRatio, scope: consensusScope }, (observe) => each("quorumRatio", observe));
observedGauge({ ...catalogue.validators, scope: consensusScope }, (observe) => each("validators", observe));
observedGauge({ ...catalogue.votingPower, scope: consensusScope }, (observe) => each("votingPower", observe));
observedUpDownCounter({ ...catalogue.proposalPending, scope: consensusScope }, (observe) =>
  each("proposalPending", observe),
);
observedUpDownCounter({ ...catalogue.leaderPresent, scope: consensusScope }, (observe) =>
  each("leaderPresent", observe),
);
observedUpDownCounter({ ...catalogue.leaderSelf, scope: consensusScope }, (observe) => each("leaderSelf", observe));
observedUpDownCounter({ ...catalogue.forks, scope: consensusScope }, (observe) => each("forks", observe));

function each(metric: LiveMetric, observe: (value: number, attributes: never) => void): void {
  for (const gauges of live) {
    if (gauges.now() > gauges.freshUntilMs) continue;
    for (const { value, attributes } of gauges.slots.get(metric)?.values() ?? []) {
      if (!Number.isNaN(value)) observe(value, attributes as never);
    }
  }
}
