import type { GoalOutcome, TypeTally } from "./type-tally.ts";

export type { GoalOutcome } from "./type-tally.ts";

/** What an agent wants to reach, until it has or has not. */
export class Goal {
  private readonly tally: TypeTally;
  private readonly now: () => number;
  private readonly ended: (goal: Goal) => void;
  private readonly setAtMs: number;
  private result: GoalOutcome | undefined;

  /** Made by `agent.goal()`. */
  constructor(tally: TypeTally, now: () => number, ended: (goal: Goal) => void) {
    this.tally = tally;
    this.now = now;
    this.ended = ended;
    this.setAtMs = now();
  }

  /** How it ended; undefined while it is pursued. */
  get outcome(): GoalOutcome | undefined {
    return this.result;
  }

  completed(): void {
    this.end("completed");
  }

  failed(): void {
    this.end("failed");
  }

  /** Nobody pursues it any more. */
  abandoned(): void {
    this.end("abandoned");
  }

  timedOut(): void {
    this.end("timed_out");
  }

  /** Does `work`, and says how it ended: by a `TimeoutError` it timed out, by an `AbortError` it is abandoned. The error is thrown on. */
  async pursue<T>(work: () => T | PromiseLike<T>): Promise<T> {
    try {
      const result = await work();
      if (this.result === undefined) this.completed();
      return result;
    } catch (error) {
      if (this.result === undefined) this.end(outcomeOf(error));
      throw error;
    }
  }

  private end(outcome: GoalOutcome): void {
    if (this.result !== undefined) {
      this.tally.anomaly("closed_goal", `a goal that is ${this.result} was ${outcome}`);
      return;
    }
    this.result = outcome;
    this.ended(this);
    this.tally.goal(outcome, this.now() - this.setAtMs);
  }
}

function outcomeOf(error: unknown): GoalOutcome {
  const name = error instanceof Error ? error.name : "";
  return name === "TimeoutError" ? "timed_out" : name === "AbortError" ? "abandoned" : "failed";
}
