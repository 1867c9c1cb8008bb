import type { MeterProvider, TracerProvider } from "@opentelemetry/api";
import { craps } from "./craps.ts";
import { createGame, type Game } from "./game.ts";
import type { GameOptions } from "./game-options.ts";
import { gamingScope } from "./gaming-scope.ts";

/** What OpenTelemetry gives to every instrumentation, besides our options. */
export interface GamingInstrumentationConfig extends Omit<GameOptions, "game"> {
  /** `craps` has its bets, its outcomes and its law already. @default "craps" */
  readonly game?: string;
  /** @default true */
  readonly enabled?: boolean;
}

/**
 * A game as an OpenTelemetry instrumentation, for `bootstrap({ instrumentations: { gaming: { … } } })` and NodeSDK. It patches
 * nothing: `game()` is where the application tells of its tables.
 */
export class GamingInstrumentation {
  readonly instrumentationName: string = gamingScope.name;
  readonly instrumentationVersion: string = gamingScope.version;
  private config: GamingInstrumentationConfig;
  private made: Game | undefined;

  /** @throws TypeError with code TELLTALE_BAD_GAMING_OPTION */
  constructor(config: GamingInstrumentationConfig = {}) {
    this.config = config;
    if (config.enabled !== false) this.enable();
  }

  /** Where to tell of the game; undefined while it is disabled. */
  get game(): Game | undefined {
    return this.made;
  }

  enable(): void {
    if (this.made !== undefined) return;
    const { enabled: _, game = craps.game, ...options } = this.config;
    this.made = createGame({ ...(game === craps.game ? craps : {}), game, ...options });
  }

  /** What is as it is, such as the tables that are open, leaves the metrics; what was counted stays. */
  disable(): void {
    this.made?.retire();
    this.made = undefined;
  }

  /** Games have no spans. */
  setTracerProvider(_tracerProvider: TracerProvider): void {}

  /** The instruments of @telltale/metrics belong to the process and not to a provider: a reader gets them by `instrumentProducer()`. */
  setMeterProvider(_meterProvider: MeterProvider): void {}

  setConfig(config: GamingInstrumentationConfig): void {
    this.disable();
    this.config = config;
    if (config.enabled !== false) this.enable();
  }

  getConfig(): GamingInstrumentationConfig {
    return this.config;
  }
}
