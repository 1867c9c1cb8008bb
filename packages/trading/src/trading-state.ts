/** Whether a strategy may trade: active, reducing (only closing), or halted. */
import { counter, observedUpDownCounter } from "@telltale/metrics";
import { catalogue } from "./catalogue.ts";
import { tradingScope as scope } from "./trading-scope.ts";

export type TradingState = "active" | "reducing" | "halted";

const STATES: readonly TradingState[] = ["active", "reducing", "halted"];
const breaches = counter({ ...catalogue.riskBreaches, scope });
const risks = new Set<RiskState>();

observedUpDownCounter({ ...catalogue.tradingState, scope }, (observe) => {
  for (const { strategy, state } of risks) {
    for (const one of STATES) {
      observe(one === state ? 1 : 0, { "trading.strategy": strategy, "trading.state": one });
    }
  }
});

export class RiskState implements Disposable {
  readonly strategy: string;
  private current: TradingState = "active";
  private readonly changed: (state: TradingState, reason: string | undefined) => void;

  constructor(strategy: string, changed: (state: TradingState, reason: string | undefined) => void) {
    this.strategy = strategy;
    this.changed = changed;
    risks.add(this);
  }

  get state(): TradingState {
    return this.current;
  }

  set(state: TradingState, reason?: string): void {
    if (state === this.current) return;
    this.current = state;
    this.changed(state, reason);
  }

  breach(rule: string): void {
    breaches.add(1, { "trading.strategy": this.strategy, "trading.rule": rule });
  }

  [Symbol.dispose](): void {
    risks.delete(this);
  }
}
