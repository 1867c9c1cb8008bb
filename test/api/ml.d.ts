export { catalogue } from "./catalogue.ts";
export declare const catalogue: {
    readonly trainingLoss: {
        readonly kind: "gauge";
        readonly name: "ml.training.loss";
        readonly unit: "{loss}";
        readonly description: "The last loss that is a finite number.";
        readonly attributes: {
            readonly "ml.model": import("@telltale/metrics").OpenAttribute<string>;
            readonly "ml.run.slot": readonly ["1", "2", "3", "4", "5", "6", "7"];
            readonly "ml.split": readonly ["train", "validation", "test"];
        };
    };
    readonly trainingAccuracy: {
        readonly kind: "gauge";
        readonly name: "ml.training.accuracy";
        readonly unit: "1";
        readonly description: "The last accuracy, from 0 to 1.";
        readonly attributes: {
            readonly "ml.model": import("@telltale/metrics").OpenAttribute<string>;
            readonly "ml.run.slot": readonly ["1", "2", "3", "4", "5", "6", "7"];
            readonly "ml.split": readonly ["train", "validation", "test"];
        };
    };
    readonly gradientNorm: {
        readonly kind: "gauge";
        readonly name: "ml.training.gradient.norm";
        readonly unit: "{norm}";
        readonly description: "The last norm of all gradients together.";
        readonly attributes: {
            readonly "ml.model": import("@telltale/metrics").OpenAttribute<string>;
            readonly "ml.run.slot": readonly ["1", "2", "3", "4", "5", "6", "7"];
        };
    };
    readonly learningRate: {
        readonly kind: "gauge";
        readonly name: "ml.training.learning_rate";
        readonly unit: "{rate}";
        readonly description: "The learning rate.";
        readonly attributes: {
            readonly "ml.model": import("@telltale/metrics").OpenAttribute<string>;
            readonly "ml.run.slot": readonly ["1", "2", "3", "4", "5", "6", "7"];
        };
    };
    readonly convergenceRate: {
        readonly kind: "gauge";
        readonly name: "ml.training.convergence.rate";
        readonly unit: "{rate}";
        readonly description: "Relative decrease of the smoothed loss in a step, over the last 100; above 0 it improves.";
        readonly attributes: {
            readonly "ml.model": import("@telltale/metrics").OpenAttribute<string>;
            readonly "ml.run.slot": readonly ["1", "2", "3", "4", "5", "6", "7"];
        };
    };
    readonly trainingSteps: {
        readonly kind: "counter";
        readonly name: "ml.training.steps";
        readonly unit: "{step}";
        readonly description: "Steps of the optimizer that were applied. Leaves the metrics 10 minutes after its run.";
        readonly attributes: {
            readonly "ml.model": import("@telltale/metrics").OpenAttribute<string>;
            readonly "ml.run.slot": readonly ["1", "2", "3", "4", "5", "6", "7"];
        };
    };
    readonly skippedSteps: {
        readonly kind: "counter";
        readonly name: "ml.training.skipped_steps";
        readonly unit: "{step}";
        readonly description: "Steps that were not applied.";
        readonly attributes: {
            readonly "ml.reason": readonly ["nan_loss", "inf_loss", "nan_gradient", "overflow", "manual"];
            readonly "ml.model": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly trainingEpochs: {
        readonly kind: "counter";
        readonly name: "ml.training.epochs";
        readonly unit: "{epoch}";
        readonly description: "Epochs that were finished.";
        readonly attributes: {
            readonly "ml.model": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly trainingSamples: {
        readonly kind: "counter";
        readonly name: "ml.training.samples";
        readonly unit: "{sample}";
        readonly description: "Samples that steps have consumed.";
        readonly attributes: {
            readonly "ml.model": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly stepDuration: {
        readonly kind: "histogram";
        readonly name: "ml.training.step.duration";
        readonly unit: "s";
        readonly description: "Time of a step, whether it was applied or not.";
        readonly attributes: {
            readonly "ml.model": import("@telltale/metrics").OpenAttribute<string>;
        };
        readonly boundaries: readonly [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
    };
    readonly validationDuration: {
        readonly kind: "histogram";
        readonly name: "ml.training.validation.duration";
        readonly unit: "s";
        readonly description: "Time of a validation.";
        readonly attributes: {
            readonly "ml.model": import("@telltale/metrics").OpenAttribute<string>;
        };
        readonly boundaries: readonly [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600];
    };
    readonly trainingDuration: {
        readonly kind: "histogram";
        readonly name: "ml.training.duration";
        readonly unit: "s";
        readonly description: "Time of a whole run.";
        readonly attributes: {
            readonly "ml.outcome": readonly ["completed", "failed", "stopped"];
            readonly "ml.model": import("@telltale/metrics").OpenAttribute<string>;
        };
        readonly boundaries: readonly [1, 10, 60, 300, 900, 3600, 14400, 43200, 86400, 259200, 604800];
    };
    readonly updateDeviation: {
        readonly kind: "histogram";
        readonly name: "ml.training.update.deviation";
        readonly unit: "1";
        readonly description: "Distance of a participant's update from the median of all: `l2` in lengths of the median, `cosine` as 1 less the cosine.";
        readonly attributes: {
            readonly "ml.measure": readonly ["l2", "cosine"];
            readonly "ml.model": import("@telltale/metrics").OpenAttribute<string>;
        };
        readonly boundaries: readonly [0.01, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 5, 10, 50, 100];
    };
    readonly byzantineDetections: {
        readonly kind: "counter";
        readonly name: "ml.training.byzantine.detections";
        readonly unit: "{detection}";
        readonly description: "Updates that a rule suspects; whose they were is in the log record.";
        readonly attributes: {
            readonly "ml.rule": readonly ["norm", "cosine", "krum", "trimmed_mean", "zscore"];
            readonly "ml.action": readonly ["flagged", "excluded"];
            readonly "ml.model": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly participants: {
        readonly kind: "upDownCounter";
        readonly name: "ml.training.participants";
        readonly unit: "{participant}";
        readonly description: "Participants of the present round, by what became of them.";
        readonly attributes: {
            readonly "ml.participant.state": readonly ["active", "dropped", "excluded"];
            readonly "ml.model": import("@telltale/metrics").OpenAttribute<string>;
            readonly "ml.run.slot": readonly ["1", "2", "3", "4", "5", "6", "7"];
        };
    };
    readonly aggregationDuration: {
        readonly kind: "histogram";
        readonly name: "ml.training.aggregation.duration";
        readonly unit: "s";
        readonly description: "Time to aggregate the updates of a round.";
        readonly attributes: {
            readonly "ml.model": import("@telltale/metrics").OpenAttribute<string>;
        };
        readonly boundaries: readonly [0.001, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300];
    };
    readonly modelAccuracy: {
        readonly kind: "gauge";
        readonly name: "ml.model.accuracy";
        readonly unit: "1";
        readonly description: "Accuracy of the model that is deployed, from 0 to 1.";
        readonly attributes: {
            readonly "ml.model": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly predictionDuration: {
        readonly kind: "histogram";
        readonly name: "ml.prediction.duration";
        readonly unit: "s";
        readonly description: "Time of a prediction. Calls of language models have `gen_ai.client.operation.duration`.";
        readonly attributes: {
            readonly "ml.outcome": readonly ["completed", "failed"];
            readonly "ml.model": import("@telltale/metrics").OpenAttribute<string>;
        };
        readonly boundaries: readonly [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    };
    readonly anomalies: {
        readonly kind: "counter";
        readonly name: "ml.anomalies";
        readonly unit: "{event}";
        readonly description: "Events of a run or round that is over, values that cannot be, and clocks that ran backwards.";
        readonly attributes: {
            readonly "ml.anomaly": readonly ["closed_run", "closed_round", "clock", "bad_value", "too_many"];
            readonly "ml.model": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
};
export { type DeployedModel, deployedModel, predict } from "./deployed-model.ts";
export declare class DeployedModel {
    readonly name: string;
    private readonly series;
    private readonly answers;
    constructor(name: string);
    predict<T>(work: () => T): T;
    predicted(seconds: number): void;
    accuracy(value: number): void;
}
export declare function deployedModel(name: string): DeployedModel;
export declare function predict<T>(model: string, work: () => T): T;
export type { Divergence } from "./divergence.ts";
export interface Divergence {
    readonly model: string;
    readonly runId: string | undefined;
    readonly reason: "nan_loss" | "inf_loss" | "nan_gradient" | "rising_loss";
    readonly step: number;
}
export type { FederatedRound, MeasuredUpdate, SuspectUpdate, Suspicion } from "./federated-round.ts";
export interface MeasuredUpdate {
    readonly l2?: number;
    readonly cosine?: number;
}
export interface Suspicion {
    readonly rule: ByzantineRule;
    readonly action?: SuspectAction;
}
export interface SuspectUpdate {
    readonly participant: string;
    readonly rules: readonly ByzantineRule[];
}
export declare class FederatedRound {
    readonly number: number;
    private readonly run;
    private readonly options;
    private readonly history;
    private readonly span;
    private readonly states;
    private readonly updates;
    private readonly broken;
    private found;
    private size;
    private lastUpdateMs;
    private told;
    private over;
    constructor(run: RunContext, { number, options, history, }: {
        readonly number: number;
        readonly options: Required<FederationOptions>;
        readonly history: UpdateHistory;
    });
    update(participant: string, update: UpdateVector | MeasuredUpdate): void;
    dropped(participant: string): void;
    suspect(participant: string, { rule, action }: Suspicion): void;
    detect(): readonly SuspectUpdate[];
    aggregate<T>(work: (participants: readonly string[]) => T): T;
    aggregated(): void;
    close(): void;
    private keep;
    private measured;
    private set;
    private tell;
    private isClosedTo;
}
export type { Federation, FederationOptions } from "./federation.ts";
export interface FederationOptions {
    readonly rules?: readonly ByzantineRule[];
    readonly action?: SuspectAction;
    readonly maxCoordinates?: number;
}
export declare class Federation {
    private readonly run;
    private readonly options;
    private readonly history;
    private last;
    constructor(run: RunContext, options: FederationOptions);
    round(number: number): FederatedRound;
}
export { gradientNorm } from "./gradient-norm.ts";
export declare function gradientNorm(gradients: Iterable<ArrayLike<number>>): number;
export { MlInstrumentation, type MlInstrumentationConfig } from "./ml-instrumentation.ts";
export interface MlInstrumentationConfig extends MlOptions {
    readonly enabled?: boolean;
}
export declare class MlInstrumentation {
    readonly instrumentationName: string;
    readonly instrumentationVersion: string;
    private config;
    constructor(config?: MlInstrumentationConfig);
    enable(): void;
    disable(): void;
    setTracerProvider(tracerProvider: TracerProvider): void;
    setMeterProvider(_meterProvider: MeterProvider): void;
    setConfig(config: MlInstrumentationConfig): void;
    getConfig(): MlInstrumentationConfig;
}
export type { MlOptions } from "./ml-options.ts";
export interface MlOptions {
    readonly spans?: boolean;
    readonly risingLossFactor?: number;
    readonly onDivergence?: (divergence: Divergence) => void;
    readonly tracerProvider?: TracerProvider;
    readonly now?: () => number;
}
export type { ByzantineRule, RunOutcome, SkipReason, SuspectAction } from "./model-series.ts";
export type RunOutcome = "completed" | "failed" | "stopped";
export type SkipReason = "nan_loss" | "inf_loss" | "nan_gradient" | "overflow" | "manual";
export type ByzantineRule = "norm" | "cosine" | "krum" | "trimmed_mean" | "zscore";
export type SuspectAction = "flagged" | "excluded";
export { medianUpdate, type SuspicionContext, suspectUpdates, type UpdateVector, updateDeviations, } from "./suspect-updates.ts";
export type UpdateVector = ArrayLike<number>;
export interface SuspicionContext {
    readonly centre?: UpdateVector;
    readonly history?: UpdateHistory;
}
export declare function suspectUpdates(updates: readonly UpdateVector[], rule: ByzantineRule, { centre, history }?: SuspicionContext): readonly number[];
export declare function medianUpdate(updates: readonly UpdateVector[]): Float64Array;
export declare function updateDeviations(updates: readonly UpdateVector[], centre?: UpdateVector): readonly {
    readonly l2: number;
    readonly cosine: number;
}[];
export { type TrainingOptions, type TrainingRun, type TrainingSummary, training } from "./training-run.ts";
export interface TrainingOptions extends MlOptions {
    readonly model: string;
    readonly runId?: string;
}
export interface TrainingSummary {
    readonly model: string;
    readonly outcome: RunOutcome | undefined;
    readonly seconds: number;
    readonly steps: number;
    readonly skippedSteps: number;
    readonly samples: number;
    readonly epochs: number;
    readonly loss: number | undefined;
    readonly validationLoss: number | undefined;
    readonly validationAccuracy: number | undefined;
    readonly convergenceRate: number | undefined;
}
export declare class TrainingRun implements Disposable {
    readonly model: string;
    private readonly run;
    private final;
    constructor({ model, runId, ...options }: TrainingOptions);
    step<T>(work: (step: TrainingStep) => T): T;
    startStep(): TrainingStep;
    validate<T>(work: (validation: Validation) => T, { split }?: {
        readonly split?: "validation" | "test";
    }): T;
    epoch(number?: number): void;
    federated(options?: FederationOptions): Federation;
    completed(): void;
    stopped(reason?: string): void;
    failed(error?: unknown): void;
    get summary(): TrainingSummary;
    [Symbol.dispose](): void;
    private end;
    private summaryAt;
    private isClosedTo;
}
export declare function training(options: TrainingOptions): TrainingRun;
export type { TrainingStep } from "./training-step.ts";
export declare class TrainingStep {
    private readonly run;
    private readonly startMs;
    private skipReason;
    private sampleCount;
    private over;
    constructor(run: RunContext, startMs: number);
    get isSkipped(): boolean;
    loss(value: number): boolean;
    accuracy(value: number): void;
    gradientNorm(value: number): boolean;
    learningRate(value: number): void;
    samples(count: number): void;
    skip(reason?: SkipReason): void;
    end(): void;
    abandon(): void;
    private isOver;
}
export { UpdateHistory } from "./update-history.ts";
export declare class UpdateHistory {
    private readonly rounds;
    of(rule: ByzantineRule): readonly number[];
    add(rule: ByzantineRule, values: readonly number[]): void;
}
export type { Validation } from "./validation.ts";
export declare class Validation {
    private readonly run;
    private readonly split;
    constructor(run: RunContext, split: Split);
    loss(value: number): void;
    accuracy(value: number): void;
    private isOver;
}
