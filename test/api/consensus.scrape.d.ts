export { type MapOptions, type MappedHistogram, type MappedSample, mapMetrics } from "./scrape/map-metrics.ts";
export interface MappedHistogram {
    readonly buckets: readonly (readonly [le: number, count: number])[];
    readonly sum: number;
    readonly count: number;
}
export interface MappedSample {
    readonly name: string;
    readonly kind: "gauge" | "counter" | "histogram" | "latest";
    readonly attributes: Readonly<Record<string, string>>;
    readonly value: number | MappedHistogram;
    readonly series?: string;
}
export interface MapOptions {
    readonly system?: System;
}
export declare function mapMetrics(text: string, options?: MapOptions): {
    readonly system: System | undefined;
    readonly chainId: string | undefined;
    readonly samples: MappedSample[];
};
export { type MetricsText, type MetricsTextOptions, metricsText } from "./scrape/metrics-text.ts";
export interface MetricsTextOptions {
    readonly chain?: string;
    readonly system?: System;
    readonly freshForMs?: number;
    readonly now?: () => number;
}
export interface MetricsText extends Disposable {
    read(text: string): readonly MappedSample[];
}
export declare function metricsText(options?: MetricsTextOptions): MetricsText;
export { type Scrape, type ScrapeOptions, type ScrapeStatus, startScrape } from "./scrape/scrape-url.ts";
export interface ScrapeOptions {
    readonly url: string | URL;
    readonly chain?: string;
    readonly system?: System;
    readonly intervalMs?: number;
    readonly timeoutMs?: number;
    readonly maxBytes?: number;
    readonly headers?: Readonly<Record<string, string>>;
}
export interface ScrapeStatus {
    readonly polls: number;
    readonly failures: number;
    readonly lastError: string | undefined;
}
export interface Scrape extends AsyncDisposable {
    poll(): Promise<readonly MappedSample[]>;
    status(): ScrapeStatus;
    stop(): Promise<void>;
}
export declare function startScrape(options: ScrapeOptions): Scrape;
export type { System } from "./scrape/systems.ts";
export type System = "cometbft" | "etcd" | "beacon";
