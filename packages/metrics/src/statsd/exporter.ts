import { type Attributes, diag } from "@opentelemetry/api";
import type { ExportResult } from "@opentelemetry/core";
import type {
  AggregationTemporality,
  AggregationTemporalitySelector,
  PushMetricExporter,
  ResourceMetrics,
} from "@opentelemetry/sdk-metrics";
import { catalogue } from "../catalogue.ts";
import { counter } from "../counter.ts";
import { lines, type StatsdFlavour, type StatsdHistograms } from "./lines.ts";
import { MAX_LINE_BYTES, packets } from "./packets.ts";
import { streamTransport } from "./stream-transport.ts";
import type { Transport } from "./transport.ts";
import { udpTransport } from "./udp-transport.ts";

export interface StatsdExporterOptions {
  /** @default "127.0.0.1" */
  readonly host?: string;
  /** @default 8125 */
  readonly port?: number;
  /** A UNIX stream socket, instead of host and port. Node.js has no UNIX datagram sockets. */
  readonly socketPath?: string;
  /** What the server understands: with tags, or names only. @default "dogstatsd" */
  readonly flavour?: StatsdFlavour;
  /** What every name begins with, before a dot. @default none */
  readonly prefix?: string;
  /** Tags of every metric. @default none */
  readonly tags?: Attributes;
  /** Resource attributes that become tags of every metric, such as `service.name`. @default none */
  readonly resourceTags?: readonly string[];
  /**
   * What becomes of a histogram.
   *
   * The default is values that stand for those recorded, each with the number of times it was seen as its sample rate: they
   * cost a line for each bucket in use, however many records there were, and the server's own count, sum, minimum and maximum
   * are those of the records, its percentiles as good as the buckets. `|d` for DogStatsD, because Datadog merges
   * distributions of all hosts before it takes a percentile, which it cannot do with `|h`; `|ms` for plain StatsD, which has
   * no other. Etsy's server heeds sample rates in its counts and not in its percentiles: there `buckets` are better.
   * @default "distribution" for dogstatsd, "timing" for plain
   */
  readonly histograms?: StatsdHistograms;
  /** What one packet may hold at most; a single longer line still goes out, up to 8,192 bytes. @default 1432, or 8192 for a socket */
  readonly maxPacketBytes?: number;
}

/**
 * Sends metrics to a StatsD server. Nothing is thrown or retried: what could not be sent is counted in
 * `telltale.statsd.dropped.lines` and told once.
 * @throws TypeError with code TELLTALE_BAD_STATSD_OPTION
 */
export function statsdExporter(options: StatsdExporterOptions = {}): PushMetricExporter {
  const settings = checked(options);
  const { host, port, socketPath, flavour } = settings;
  const transport: Transport =
    socketPath === undefined
      ? udpTransport({ host, port })
      : streamTransport({ path: socketPath, framing: flavour === "dogstatsd" ? "length" : "lines" });
  const where = socketPath ?? `${host}:${port}`;
  const dropped = counter(catalogue.droppedLines);
  const told = new Set<DropReason>();
  let last: Promise<void> = Promise.resolve();

  function drop(
    reason: DropReason,
    { lines: count, because }: { readonly lines: number; readonly because: string },
  ): void {
    dropped.add(count, { reason });
    if (told.has(reason)) return;
    told.add(reason);
    diag.warn(`telltale: ${because}. Further ones are counted in telltale.statsd.dropped.lines.`);
  }

  async function send(metrics: ResourceMetrics): Promise<void> {
    const written = lines(metrics, {
      ...settings,
      notFinite: (name) =>
        drop("not_finite", { lines: 1, because: `${name} is no finite number; StatsD has none other` }),
    });
    const tooLong = (chunk: readonly string[]): void => {
      const because = `a StatsD line of more than ${MAX_LINE_BYTES} bytes is not sent: ${chunk.at(-1)?.slice(0, 80)}…`;
      drop("too_long", { lines: chunk.length, because });
    };
    let failure = await transport.open().then(() => undefined, asError);
    const opened = failure === undefined;
    let began = performance.now();
    for (const packet of packets(written, { maxBytes: settings.maxPacketBytes, tooLong })) {
      if (opened) failure = await transport.send(packet.bytes).then(() => undefined, asError);
      if (failure !== undefined) {
        drop("send", { lines: packet.lines, because: `StatsD metrics cannot be sent to ${where}: ${failure.message}` });
      }
      // A datagram is gone at once, and what awaits it goes on before the event loop does.
      if (performance.now() - began < MAX_HOLD_MS) continue;
      await new Promise((resolve) => setImmediate(resolve));
      began = performance.now();
    }
  }

  return {
    selectAggregationTemporality: statsdTemporality,
    export(metrics, done) {
      const sent = last.then(() => send(metrics));
      last = sent.catch(() => {});
      sent.then(
        () => done({ code: SUCCESS }),
        (error: Error) => done({ code: FAILED, error }),
      );
    },
    forceFlush: () => last,
    async shutdown() {
      await last;
      transport.close();
    },
  };
}

/** Differences for what is counted; gauges and up-down counters as they stand, at each interval, changed or not. */
export const statsdTemporality: AggregationTemporalitySelector = (type) =>
  type === "COUNTER" || type === "OBSERVABLE_COUNTER" || type === "HISTOGRAM" ? DELTA : CUMULATIVE;

// The numbers of enums of the SDK, written out so that this package loads none of it.
const DELTA = 0 as AggregationTemporality.DELTA;
const CUMULATIVE = 1 as AggregationTemporality.CUMULATIVE;
const SUCCESS = 0 as ExportResult["code"];
const FAILED = 1 as ExportResult["code"];

type DropReason = "send" | "too_long" | "not_finite";

/** How long lines are written before the event loop gets its turn. */
const MAX_HOLD_MS = 2;

const defaults = {
  host: "127.0.0.1",
  port: 8_125,
  flavour: "dogstatsd",
  prefix: "",
  tags: {},
  resourceTags: [],
} as const;

type Settings = Required<Omit<StatsdExporterOptions, "socketPath">> & Pick<StatsdExporterOptions, "socketPath">;

function checked(options: StatsdExporterOptions): Settings {
  const flavour = options.flavour ?? defaults.flavour;
  const settings: Settings = {
    ...defaults,
    // Ethernet's 1,500 bytes less the headers of IPv6, UDP and what a tunnel may add.
    maxPacketBytes: options.socketPath === undefined ? 1_432 : MAX_LINE_BYTES,
    histograms: flavour === "plain" ? "timing" : "distribution",
    ...options,
  };
  const { prefix, port, maxPacketBytes } = settings;
  if (!/^([A-Za-z][A-Za-z0-9_.-]*)?$/.test(prefix)) {
    throw badOption(`prefix is "${prefix}"; begin with a letter, then letters, digits and _ . -, such as "app"`);
  }
  if (!(Number.isInteger(port) && port > 0 && port < 65_536)) {
    throw badOption(`port is ${String(port)}; give a whole number from 1 to 65535, such as 8125`);
  }
  if (!(Number.isInteger(maxPacketBytes) && maxPacketBytes >= 64 && maxPacketBytes <= 65_507)) {
    throw badOption(`maxPacketBytes is ${String(maxPacketBytes)}; give a whole number from 64 to 65507, such as 1432`);
  }
  return settings;
}

function badOption(message: string): TypeError {
  return Object.assign(new TypeError(`StatsD: ${message}`), { code: "TELLTALE_BAD_STATSD_OPTION" });
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
