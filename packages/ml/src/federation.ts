import { FederatedRound } from "./federated-round.ts";
import { badOption } from "./ml-options.ts";
import { type ByzantineRule, byzantineRules, type SuspectAction } from "./model-series.ts";
import type { RunContext } from "./run-context.ts";
import { UpdateHistory } from "./update-history.ts";

export interface FederationOptions {
  /** What suspects updates whose numbers were told: see `suspectUpdates()`. @default ["norm"] */
  readonly rules?: readonly ByzantineRule[];
  /** Whether suspect updates are only told, or left out of `aggregate()` too. @default "flagged" */
  readonly action?: SuspectAction;
  /** Longer updates are looked at in so many coordinates, evenly spread. @default 10000 */
  readonly maxCoordinates?: number;
}

/** Training in which others train, and send what they have learned. */
export class Federation {
  private readonly run: RunContext;
  private readonly options: Required<FederationOptions>;
  private readonly history = new UpdateHistory();
  private last: FederatedRound | undefined;

  /** Made by `run.federated()`. @throws TypeError with code TELLTALE_BAD_ML_OPTION */
  constructor(run: RunContext, options: FederationOptions) {
    const { rules = ["norm"], action = "flagged", maxCoordinates = 10_000 } = options;
    if (!Array.isArray(rules) || !rules.every((rule) => byzantineRules.includes(rule))) {
      throw badOption(`rules is ${JSON.stringify(rules)}; give names out of ${byzantineRules.join(", ")}`);
    }
    if (action !== "flagged" && action !== "excluded") {
      throw badOption(`action is ${JSON.stringify(action)}; give "flagged" or "excluded"`);
    }
    if (!Number.isSafeInteger(maxCoordinates) || maxCoordinates < 1) {
      throw badOption(`maxCoordinates is ${String(maxCoordinates)}; give a whole number from 1, such as 10000`);
    }
    this.run = run;
    this.options = { rules, action, maxCoordinates };
    // There from the start, so that a rule on their increase sees the first one.
    void run.series.federation;
    run.closing = () => this.last?.close();
  }

  /** The round of this number; the one before it ends, aggregated or not. */
  round(number: number): FederatedRound {
    this.last?.close();
    this.last = new FederatedRound(this.run, { number, options: this.options, history: this.history });
    return this.last;
  }
}
