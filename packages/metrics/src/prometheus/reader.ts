import { createRequire } from "node:module";
import type { ExporterConfig, PrometheusExporter } from "@opentelemetry/exporter-prometheus";
import type { MetricProducer } from "@opentelemetry/sdk-metrics";
import { revise } from "../revision.ts";

/** A reader that tells whether there is a MeterProvider behind it, since asking it when there is none throws. */
export type PageReader = PrometheusExporter & { readonly bound: boolean };

/**
 * The reader of OpenTelemetry's own Prometheus exporter, whose server is never started. It is loaded now and not with this
 * package, because it loads `http`, which an application may never do.
 */
export function prometheusReader({
  answered = async () => {},
  shutdown,
}: {
  /** Waits for the scrapes in progress, as a flush does: a process that ends after it would cut them off. */
  readonly answered?: () => Promise<void>;
  readonly shutdown: () => Promise<void>;
}): PageReader {
  const { PrometheusExporter: Exporter } = load();
  class Reader extends Exporter implements PageReader {
    bound = false;

    override setMetricProducer(producer: MetricProducer): void {
      super.setMetricProducer(producer);
      this.bound = true;
      revise();
    }

    override async onForceFlush(): Promise<void> {
      await answered();
    }

    override async onShutdown(): Promise<void> {
      await shutdown();
    }
  }
  return new Reader({ preventServerStart: true } satisfies ExporterConfig);
}

interface ExporterModule {
  readonly PrometheusExporter: new (config: ExporterConfig) => PrometheusExporter;
}

/** As an ES module when it is where the set of packages has it: the CommonJS one brings a second copy of sdk-metrics. */
function load(): ExporterModule {
  const require = createRequire(import.meta.url);
  const name = "@opentelemetry/exporter-prometheus";
  try {
    return require(require.resolve(name).replace(/index\.cjs$/, "index.mjs")) as ExporterModule;
  } catch {
    return require(name) as ExporterModule;
  }
}
