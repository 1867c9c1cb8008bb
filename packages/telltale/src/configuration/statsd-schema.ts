import { count, milliseconds } from "./limit-schema.ts";
import type { GroupOption, TextOption } from "./option.ts";

const statsdSocketPath: TextOption = {
  kind: "text",
  doc: "A UNIX stream socket instead of host and port; Node.js has no UNIX datagram sockets.",
  example: "/var/run/datadog/dsd-stream.socket",
};

export const statsd: GroupOption = {
  kind: "group",
  doc: "Sends metrics to a StatsD server; `true` takes the defaults.",
  typeName: "StatsdOptions",
  switchedOn: false,
  options: {
    host: { kind: "text", doc: "Where the server is.", example: "statsd", default: "127.0.0.1" },
    port: { ...count, doc: "The server's UDP port.", min: 1, max: 65_535, example: 8_125, default: 8_125 },
    socketPath: statsdSocketPath,
    flavour: {
      kind: "choice",
      doc: "`dogstatsd` sends attributes as tags, `plain` folds them into the name.",
      values: ["dogstatsd", "plain"],
      default: "dogstatsd",
    },
    prefix: { kind: "text", doc: "What every name begins with, before a dot.", example: "app" },
    tags: { kind: "map", doc: "Tags of every metric.", values: "scalar", example: "env=prod" },
    resourceTags: {
      kind: "names",
      doc: "Resource attributes that become tags of every metric.",
      example: ["service.name"],
      default: [],
    },
    histograms: {
      kind: "choice",
      doc: "What a histogram becomes: values that stand for those recorded, as `|d`, `|h` or `|ms`, or counters of its buckets.",
      values: ["distribution", "histogram", "timing", "buckets"],
      defaultNote: "`distribution` for dogstatsd, `timing` for plain",
    },
    intervalMs: {
      ...milliseconds,
      doc: "How often metrics are sent.",
      min: 1,
      example: 10_000,
      default: 10_000,
    },
    maxPacketBytes: {
      ...count,
      doc: "Bytes in one packet at most.",
      min: 64,
      max: 65_507,
      example: 1_432,
      defaultNote: "1432, or 8192 with `socketPath`",
    },
  },
};

export const statsdListener: GroupOption = {
  kind: "group",
  doc: "Takes StatsD and DogStatsD from old code and reports it with all other metrics; `true` takes the defaults.",
  typeName: "StatsdListenerOptions",
  switchedOn: false,
  options: {
    host: {
      kind: "text",
      doc: "Address to listen on; `0.0.0.0` to be reachable from other machines and containers.",
      example: "0.0.0.0",
      default: "127.0.0.1",
    },
    port: {
      ...count,
      doc: "UDP port to listen on; 0 takes any free one.",
      min: 0,
      max: 65_535,
      example: 8_125,
      default: 8_125,
    },
    socketPath: statsdSocketPath,
    signedGauges: {
      kind: "choice",
      doc: "Whether a gauge's sign changes the last value, as StatsD has it, or is the value's own, as DogStatsD clients mean it.",
      values: ["relative", "absolute"],
      default: "relative",
    },
    maxInstruments: { ...count, doc: "How many names are taken.", min: 1, example: 1_000, default: 1_000 },
    maxSeries: { ...count, doc: "How many sets of tags a name keeps.", min: 2, example: 2_000, default: 2_000 },
    expireAfterMs: {
      ...milliseconds,
      doc: "Sets of tags that nothing came for so long are forgotten.",
      min: 1,
      example: 3_600_000,
      defaultNote: "never",
    },
  },
};
