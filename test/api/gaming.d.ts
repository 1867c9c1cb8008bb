export type { Bet } from "./bet.ts";
export declare class Bet {
    readonly type: string;
    private readonly game;
    private readonly series;
    private readonly stake;
    private settledAs;
    constructor(game: GameTally, series: BetTypeSeries, { type, stake, outcome, }: {
        readonly type: string;
        readonly stake: number | undefined;
        readonly outcome: BetOutcome | undefined;
    });
    get outcome(): BetOutcome | undefined;
    won({ paid }: {
        readonly paid: Chips;
    }): void;
    lost(): void;
    push(): void;
    void(): void;
    private settle;
}
export type { BetOutcome, DisputeOutcome } from "./bet-series.ts";
export type BetOutcome = "won" | "lost" | "push" | "void";
export type DisputeOutcome = "opened" | "upheld" | "rejected" | "withdrawn";
export { catalogue } from "./catalogue.ts";
export declare const catalogue: {
    readonly sessionsActive: {
        readonly kind: "upDownCounter";
        readonly name: "game.sessions.active";
        readonly unit: "{session}";
        readonly description: "Tables that are open.";
        readonly attributes: {
            readonly "game.name": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly playersActive: {
        readonly kind: "upDownCounter";
        readonly name: "game.players.active";
        readonly unit: "{player}";
        readonly description: "Players who are seated.";
        readonly attributes: {
            readonly "game.name": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly rounds: {
        readonly kind: "counter";
        readonly name: "game.rounds";
        readonly unit: "{round}";
        readonly description: "Rounds that were finished.";
        readonly attributes: {
            readonly "game.outcome": import("@telltale/metrics").OpenAttribute<string>;
            readonly "game.name": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly roundDuration: {
        readonly kind: "histogram";
        readonly name: "game.round.duration";
        readonly unit: "s";
        readonly description: "Length of a round, from its first bet or draw to its end.";
        readonly attributes: {
            readonly "game.name": import("@telltale/metrics").OpenAttribute<string>;
        };
        readonly boundaries: readonly [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];
    };
    readonly bets: {
        readonly kind: "counter";
        readonly name: "game.bets";
        readonly unit: "{bet}";
        readonly description: "Bets that were placed, and what became of them.";
        readonly attributes: {
            readonly "game.outcome": readonly ["placed", "won", "lost", "push", "void"];
            readonly "game.name": import("@telltale/metrics").OpenAttribute<string>;
            readonly "game.bet.type": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly wagered: {
        readonly kind: "counter";
        readonly name: "game.wagered";
        readonly unit: "{chip}";
        readonly description: "Stakes of bets that were settled: not of open ones, nor of void ones.";
        readonly attributes: {
            readonly "game.name": import("@telltale/metrics").OpenAttribute<string>;
            readonly "game.bet.type": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly paidOut: {
        readonly kind: "counter";
        readonly name: "game.paid_out";
        readonly unit: "{chip}";
        readonly description: "What settled bets gave back, stakes included.";
        readonly attributes: {
            readonly "game.name": import("@telltale/metrics").OpenAttribute<string>;
            readonly "game.bet.type": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly betAmount: {
        readonly kind: "histogram";
        readonly name: "game.bet.amount";
        readonly unit: "{chip}";
        readonly description: "Stakes of bets when they are placed.";
        readonly attributes: {
            readonly "game.name": import("@telltale/metrics").OpenAttribute<string>;
            readonly "game.bet.type": import("@telltale/metrics").OpenAttribute<string>;
        };
        readonly boundaries: readonly [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 5000, 10000, 100000];
    };
    readonly draws: {
        readonly kind: "counter";
        readonly name: "game.draws";
        readonly unit: "{draw}";
        readonly description: "What was drawn at random: sums of dice, cards, numbers.";
        readonly attributes: {
            readonly "game.result": import("@telltale/metrics").OpenAttribute<string>;
            readonly "game.name": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly fairnessChiSquare: {
        readonly kind: "gauge";
        readonly name: "game.fairness.chi_square";
        readonly unit: "{statistic}";
        readonly description: "How far the recent draws are from the game's law: Pearson's chi-square. From 1,000 draws on.";
        readonly attributes: {
            readonly "game.name": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly fairnessPValue: {
        readonly kind: "gauge";
        readonly name: "game.fairness.p_value";
        readonly unit: "1";
        readonly description: "How often fair draws would be as far from the law as the recent ones. From 1,000 draws on.";
        readonly attributes: {
            readonly "game.name": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly disputes: {
        readonly kind: "counter";
        readonly name: "game.disputes";
        readonly unit: "{dispute}";
        readonly description: "Results that were disputed, by how that ended.";
        readonly attributes: {
            readonly "game.outcome": readonly ["opened", "upheld", "rejected", "withdrawn"];
            readonly "game.name": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly anomalies: {
        readonly kind: "counter";
        readonly name: "game.anomalies";
        readonly unit: "{event}";
        readonly description: "Events of a bet or table that is closed, values that cannot be, unknown draws, clocks that ran backwards.";
        readonly attributes: {
            readonly "game.anomaly": readonly ["closed_bet", "closed_session", "bad_value", "unknown_result", "clock"];
            readonly "game.name": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
};
export { type ChiSquareTest, chiSquareTest } from "./chi-square.ts";
export interface ChiSquareTest {
    readonly draws: number;
    readonly chiSquare: number;
    readonly degreesOfFreedom: number;
    readonly pValue: number;
}
export declare function chiSquareTest(counts: ArrayLike<number>, weights: ArrayLike<number>): ChiSquareTest;
export type { Chips } from "./chips.ts";
export type Chips = number | bigint | string;
export { craps } from "./craps.ts";
export declare const craps: {
    readonly game: "craps";
    readonly betTypes: readonly ["pass_line", "dont_pass", "come", "dont_come", "odds", "field", "place_4", "place_5", "place_6", "place_8", "place_9", "place_10", "hard_4", "hard_6", "hard_8", "hard_10", "any_seven", "any_craps", "yo_eleven"];
    readonly outcomes: readonly ["natural", "craps", "point_made", "seven_out"];
    readonly law: {
        readonly 2: 1;
        readonly 3: 2;
        readonly 4: 3;
        readonly 5: 4;
        readonly 6: 5;
        readonly 7: 6;
        readonly 8: 5;
        readonly 9: 4;
        readonly 10: 3;
        readonly 11: 2;
        readonly 12: 1;
    };
};
export type { GameFairness, UnfairDraws } from "./fairness.ts";
export interface UnfairDraws extends ChiSquareTest {
    readonly game: string;
}
export interface GameFairness {
    readonly all: ChiSquareTest;
    readonly recent: ChiSquareTest;
    readonly isFair: boolean;
}
export { createGame, type Game, type GameSummary, game } from "./game.ts";
export interface GameSummary {
    readonly game: string;
    readonly sessions: number;
    readonly players: number;
    readonly bets: number;
    readonly openBets: number;
    readonly wagered: number;
    readonly paidOut: number;
    readonly returnToPlayer: number | undefined;
    readonly rounds: number;
    readonly draws: number;
}
export declare class Game {
    readonly name: string;
    private readonly tally;
    constructor(options: GameOptions);
    session({ players }?: {
        readonly players?: number;
    }): Session;
    fairness(): GameFairness;
    get summary(): GameSummary;
    retire(): void;
}
export declare function createGame(options: GameOptions): Game;
export declare function game(name: string): Game;
export type { GameOptions } from "./game-options.ts";
export interface GameOptions {
    readonly game: string;
    readonly betTypes?: readonly string[];
    readonly outcomes?: readonly string[];
    readonly law?: Readonly<Record<string, number>>;
    readonly fairnessWindow?: number;
    readonly onUnfair?: (draws: UnfairDraws) => void;
    readonly now?: () => number;
}
export { GamingInstrumentation, type GamingInstrumentationConfig } from "./gaming-instrumentation.ts";
export interface GamingInstrumentationConfig extends Omit<GameOptions, "game"> {
    readonly game?: string;
    readonly enabled?: boolean;
}
export declare class GamingInstrumentation {
    readonly instrumentationName: string;
    readonly instrumentationVersion: string;
    private config;
    private made;
    constructor(config?: GamingInstrumentationConfig);
    get game(): Game | undefined;
    enable(): void;
    disable(): void;
    setTracerProvider(_tracerProvider: TracerProvider): void;
    setMeterProvider(_meterProvider: MeterProvider): void;
    setConfig(config: GamingInstrumentationConfig): void;
    getConfig(): GamingInstrumentationConfig;
}
export type { PlacedBet, Session } from "./session.ts";
export interface PlacedBet {
    readonly type: string;
    readonly amount: Chips;
}
export declare class Session implements Disposable {
    private readonly game;
    private seated;
    private roundStartMs;
    private closed;
    constructor(game: GameTally);
    get playerCount(): number;
    players(count: number): void;
    joined(): void;
    left(): void;
    bet({ type, amount }: PlacedBet): Bet;
    draw(result: string | number): void;
    roundEnded(outcome: string): void;
    dispute(outcome?: DisputeOutcome): void;
    close(): void;
    [Symbol.dispose](): void;
    private isClosedTo;
}
