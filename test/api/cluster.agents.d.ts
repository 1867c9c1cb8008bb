export type { Agent, AgentOptions, AgentState, SentOutcome } from "./agents/agent.ts";
export interface AgentOptions {
    readonly type?: string;
}
export type AgentState = LiveState | "stopped" | "crashed";
export type SentOutcome = MessageOutcome;
export declare class Agent {
    private readonly tally;
    private readonly now;
    private readonly goals;
    private readonly mailbox;
    private current;
    constructor(tally: TypeTally, now: () => number);
    get type(): string;
    get state(): AgentState;
    get isAlive(): boolean;
    get mailboxDepth(): number;
    started(): void;
    paused(): void;
    resumed(): void;
    stopped(): void;
    crashed(): void;
    restarted(): void;
    evolved(): void;
    idle(): void;
    running(): void;
    blocked(): void;
    receive(): AgentMessage;
    sent(outcome?: SentOutcome): void;
    goal(): Goal;
    private happened;
    private becomes;
    private move;
    private abandonGoals;
}
export { type Agents, agents, createAgents } from "./agents/agents.ts";
export declare class Agents implements Disposable {
    private readonly settings;
    private readonly byType;
    private readonly byName;
    constructor(options: AgentsOptions);
    spawn({ type }?: AgentOptions): Agent;
    population(name: string): Population;
    get tallies(): Iterable<TypeTally>;
    get populations(): Iterable<Population>;
    [Symbol.dispose](): void;
    private tally;
}
export declare function createAgents(options?: AgentsOptions): Agents;
export declare function agents(): Agents;
export { AgentsInstrumentation, type AgentsInstrumentationConfig } from "./agents/agents-instrumentation.ts";
export interface AgentsInstrumentationConfig extends AgentsOptions {
    readonly enabled?: boolean;
}
export declare class AgentsInstrumentation {
    readonly instrumentationName: string;
    readonly instrumentationVersion: string;
    private config;
    private made;
    constructor(config?: AgentsInstrumentationConfig);
    get agents(): Agents | undefined;
    enable(): void;
    disable(): void;
    setTracerProvider(_tracerProvider: TracerProvider): void;
    setMeterProvider(_meterProvider: MeterProvider): void;
    setConfig(config: AgentsInstrumentationConfig): void;
    getConfig(): AgentsInstrumentationConfig;
}
export type { AgentsOptions } from "./agents/agents-options.ts";
export interface AgentsOptions {
    readonly now?: () => number;
}
export { catalogue } from "./agents/catalogue.ts";
export declare const catalogue: {
    readonly active: {
        readonly kind: "upDownCounter";
        readonly name: "agent.active";
        readonly unit: "{agent}";
        readonly description: "Agents that are alive, by what they do.";
        readonly attributes: {
            readonly "agent.state": readonly ["idle", "running", "blocked"];
            readonly "agent.type": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly lifecycleEvents: {
        readonly kind: "counter";
        readonly name: "agent.lifecycle.events";
        readonly unit: "{event}";
        readonly description: "What happened in the lives of agents.";
        readonly attributes: {
            readonly "agent.event": readonly ["spawned", "started", "paused", "resumed", "stopped", "crashed", "restarted", "evolved"];
            readonly "agent.type": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly messages: {
        readonly kind: "counter";
        readonly name: "agent.messages";
        readonly unit: "{message}";
        readonly description: "Messages by what became of them. Those that waited in the mailbox of a stopped agent are dead letters.";
        readonly attributes: {
            readonly "network.io.direction": readonly ["transmit", "receive"];
            readonly "agent.outcome": readonly ["delivered", "dropped", "dead_letter"];
            readonly "agent.type": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly mailboxDepth: {
        readonly kind: "upDownCounter";
        readonly name: "agent.mailbox.depth";
        readonly unit: "{message}";
        readonly description: "Messages that wait in mailboxes.";
        readonly attributes: {
            readonly "agent.type": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly messageDuration: {
        readonly kind: "histogram";
        readonly name: "agent.message.duration";
        readonly unit: "s";
        readonly description: "Time to handle a message, from its taking out of the mailbox.";
        readonly attributes: {
            readonly "agent.type": import("@telltale/metrics").OpenAttribute<string>;
        };
        readonly boundaries: readonly [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60];
    };
    readonly goals: {
        readonly kind: "counter";
        readonly name: "agent.goals";
        readonly unit: "{goal}";
        readonly description: "Goals that ended. The completion rate is a ratio of rates.";
        readonly attributes: {
            readonly "agent.type": import("@telltale/metrics").OpenAttribute<string>;
            readonly "agent.outcome": readonly ["completed", "failed", "abandoned", "timed_out"];
        };
    };
    readonly goalDuration: {
        readonly kind: "histogram";
        readonly name: "agent.goal.duration";
        readonly unit: "s";
        readonly description: "From the setting of a goal to its end.";
        readonly attributes: {
            readonly "agent.type": import("@telltale/metrics").OpenAttribute<string>;
            readonly "agent.outcome": readonly ["completed", "failed", "abandoned", "timed_out"];
        };
        readonly boundaries: readonly [0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600, 1800, 3600, 14400];
    };
    readonly evolutionGeneration: {
        readonly kind: "gauge";
        readonly name: "agent.evolution.generation";
        readonly unit: "{generation}";
        readonly description: "Number of the generation that lives now.";
        readonly attributes: {
            readonly "agent.population": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly evolutionFitness: {
        readonly kind: "gauge";
        readonly name: "agent.evolution.fitness";
        readonly unit: "{fitness}";
        readonly description: "Fitness in the generation that lives now; may be negative.";
        readonly attributes: {
            readonly "agent.statistic": readonly ["best", "mean", "worst"];
            readonly "agent.population": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly anomalies: {
        readonly kind: "counter";
        readonly name: "agent.anomalies";
        readonly unit: "{event}";
        readonly description: "Events that were told and could not be: of an agent, a goal or a message that is over, of no number.";
        readonly attributes: {
            readonly "agent.anomaly": readonly ["invalid_transition", "closed_goal", "closed_message", "clock", "bad_value"];
            readonly "agent.type": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
};
export type { Goal, GoalOutcome } from "./agents/goal.ts";
export declare class Goal {
    private readonly tally;
    private readonly now;
    private readonly ended;
    private readonly setAtMs;
    private result;
    constructor(tally: TypeTally, now: () => number, ended: (goal: Goal) => void);
    get outcome(): GoalOutcome | undefined;
    completed(): void;
    failed(): void;
    abandoned(): void;
    timedOut(): void;
    pursue<T>(work: () => T | PromiseLike<T>): Promise<T>;
    private end;
}
export type { AgentMessage } from "./agents/message.ts";
export declare class AgentMessage {
    private readonly tally;
    private readonly mailbox;
    private readonly now;
    private isWaiting;
    constructor(tally: TypeTally, mailbox: Set<AgentMessage>, now: () => number);
    handle<T>(work: () => T): T;
    taken(): () => void;
    dropped(): void;
    deadLetter(): void;
    private leave;
}
export type { Fitness, Population } from "./agents/population.ts";
export type Fitness = Iterable<number> | {
    readonly best: number;
    readonly mean: number;
    readonly worst: number;
};
export declare class Population {
    readonly name: string;
    private readonly refused;
    private now;
    constructor(name: string, refused: (what: string) => void);
    generation(number: number, fitness?: Fitness): void;
    get current(): {
        readonly number: number;
        readonly fitness: ReadonlyMap<Statistic, number>;
    } | undefined;
    private statistics;
}
