import type { ByzantineRule } from "./model-series.ts";
import { median } from "./robust-statistics.ts";

/** Rounds that are remembered, so that a training whose updates become more alike is followed. */
const ROUNDS = 20;

/** How much the updates of the latest rounds differed: each value as a share of its round's median, less 1. */
export class UpdateHistory {
  private readonly rounds = new Map<ByzantineRule, (readonly number[])[]>();

  of(rule: ByzantineRule): readonly number[] {
    return this.rounds.get(rule)?.flat() ?? [];
  }

  add(rule: ByzantineRule, values: readonly number[]): void {
    const centre = median(values);
    if (!(centre > 0)) return;
    const rounds = this.rounds.get(rule) ?? [];
    this.rounds.set(rule, rounds);
    rounds.push(values.map((value) => value / centre - 1));
    if (rounds.length > ROUNDS) rounds.shift();
  }
}
