export interface SeriesBatch {
    readonly sequence: number;
    readonly timeMs: number;
    readonly durationMs: number;
    readonly target: Readonly<Record<string, string>>;
    readonly news: readonly Uint8Array<ArrayBuffer>[];
    readonly ids: Uint32Array<ArrayBuffer>;
    readonly values: Float64Array<ArrayBuffer>;
    readonly histograms: Float64Array<ArrayBuffer>;
    readonly gone: Uint32Array<ArrayBuffer>;
}
export interface MetricFamily {
    readonly name: string;
    readonly type: "counter" | "gauge" | "histogram" | "info";
    readonly help: string;
    readonly unit: string;
}
export interface AddedSeries {
    readonly id: number;
    readonly labels: Readonly<Record<string, string>>;
}
export interface SeriesNews {
    readonly families: readonly MetricFamily[];
    readonly series: readonly AddedSeries[];
}
export interface NativeHistogram {
    readonly id: number;
    readonly schema: number;
    readonly zeroThreshold: number;
    readonly zeroCount: number;
    readonly count: number;
    readonly sum: number;
    readonly positive: NativeBuckets;
    readonly negative: NativeBuckets;
}
export interface NativeBuckets {
    readonly offset: number;
    readonly counts: Float64Array;
}
export interface NewsPiece {
    readonly families: readonly MetricFamily[];
    readonly series: readonly NewSeries[];
}
export interface NewSeries {
    readonly id: number;
    readonly name: string;
    readonly labels: readonly string[];
    readonly limits?: readonly string[];
    readonly sum?: false;
}
export declare function seriesNews({ news, target }: SeriesBatch): Generator<SeriesNews>;
export declare function nativeHistograms({ histograms }: SeriesBatch): Generator<NativeHistogram>;
