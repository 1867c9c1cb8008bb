import { diag } from "@opentelemetry/api";
import { dropLine, type LineDropReason } from "../drops.ts";
import type { Listening } from "./listening.ts";
import { parseLine } from "./parse-line.ts";
import { type ReceivedInstrumentsOptions, receivedInstruments } from "./received-instruments.ts";
import { streamServer } from "./stream-server.ts";
import { udpServer } from "./udp-server.ts";

export interface StatsdListenerOptions extends ReceivedInstrumentsOptions {
  /** Who may send: 127.0.0.1 is this machine only, 0.0.0.0 is everybody who can reach it. @default "127.0.0.1" */
  readonly host?: string;
  /** 0 takes any free port. @default 8125 */
  readonly port?: number;
  /** A UNIX stream socket to make and listen on, instead of host and port. Node.js has no UNIX datagram sockets. */
  readonly socketPath?: string;
}

export interface StatsdListener {
  /** Settles when it listens; rejects when it could not and that was not known at once. */
  readonly ready: Promise<void>;
  /** 0 for a UNIX socket. */
  readonly port: number;
  /** Closes; what was received stays with the readers. Twice is harmless. */
  shutdown(): Promise<void>;
}

/**
 * Takes StatsD and DogStatsD from old code and makes it instruments of this package, which every reader reports: counters,
 * gauges, `ms` as histograms in seconds, `h` and `d` as exponential histograms, sets as gauges of how many different values
 * came in an interval, tags as attributes. It keeps no process alive.
 *
 * Names are taken as they are where OpenTelemetry allows it. A counter that goes down, a line that cannot be read, events and
 * service checks, and names beyond `maxInstruments` are dropped, told once and counted in `telltale.dropped.records`.
 * @throws Error with code TELLTALE_PORT_IN_USE or TELLTALE_CANNOT_LISTEN; for a host name or a UNIX socket `ready` rejects instead
 */
export function statsdListener(options: StatsdListenerOptions = {}): StatsdListener {
  const { host = "127.0.0.1", port = 8_125, socketPath, ...rest } = options;
  const received = receivedInstruments(rest);
  const receive = (text: string): void => {
    for (const line of text.split("\n")) if (line !== "" && line !== "\r") take(line.trimEnd());
  };

  function take(line: string): void {
    const parsed = parseLine(line);
    const reason = typeof parsed === "string" ? parsed : recorded(parsed);
    if (reason === undefined || !dropLine(RECEIVER, reason)) return;
    diag.warn(
      `telltale: a StatsD line ${reasons[reason]} and is left out: ${JSON.stringify(line.slice(0, 120))}. Further ones are counted in telltale.dropped.records.`,
    );
  }

  function recorded(line: Parameters<typeof received.record>[0]): LineDropReason | undefined {
    try {
      return received.record(line);
    } catch (error) {
      diag.debug("telltale: a StatsD line could not be recorded", error);
      return "limit";
    }
  }

  const socket: Listening =
    socketPath === undefined ? udpServer({ host, port }, receive) : streamServer(socketPath, receive);
  let closing: Promise<void> | undefined;
  return {
    ready: socket.ready,
    get port() {
      return socket.port;
    },
    shutdown() {
      closing ??= socket.close().then(() => received.close());
      return closing;
    },
  };
}

/** The attribute `telltale.instrument` of refused lines. */
const RECEIVER = "statsd";

const reasons: Readonly<Record<LineDropReason, string>> = {
  malformed: "cannot be read",
  limit: "is beyond maxInstruments or maxSeries",
  rate: "has a sample rate below 0.00001, too low to be recorded",
  event: "is an event",
  service_check: "is a service check",
};
