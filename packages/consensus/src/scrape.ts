export { type MapOptions, type MappedHistogram, type MappedSample, mapMetrics } from "./scrape/map-metrics.ts";
export { type MetricsText, type MetricsTextOptions, metricsText } from "./scrape/metrics-text.ts";
export { type Scrape, type ScrapeOptions, type ScrapeStatus, startScrape } from "./scrape/scrape-url.ts";
export type { System } from "./scrape/systems.ts";
