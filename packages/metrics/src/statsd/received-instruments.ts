import type { Attributes } from "@opentelemetry/api";
import { DEFAULT_MAX_SERIES } from "../declaration.ts";
import type { LineDropReason } from "../drops.ts";
import { type StatsdLine, type StatsdType, tagAttributes } from "./parse-line.ts";
import { type Recorder, recorder } from "./recorder.ts";

export interface ReceivedInstrumentsOptions {
  /** How many names are taken. @default 1000 */
  readonly maxInstruments?: number;
  /** How many sets of tags a name keeps, the overflow series included. @default 2000 */
  readonly maxSeries?: number;
  /** Series that got nothing for so long are forgotten. @default never */
  readonly expireAfterMs?: number;
  /** Over how long the different values of a set are counted. @default 10000 */
  readonly setIntervalMs?: number;
  /**
   * What a sign before a gauge's value means: StatsD's change of the last value, or the value itself, as clients of Datadog
   * mean it.
   * @default "relative"
   */
  readonly signedGauges?: "relative" | "absolute";
}

export interface ReceivedInstruments {
  /** Records one line; what it returns is why it was not recorded. */
  record(line: StatsdLine): LineDropReason | undefined;
  /** Reports the sets of the interval that has begun, and stops. What was received stays with the readers. */
  close(): void;
}

/** How many lines that differ in their values only are remembered, so that their tags are read once. */
const MAX_REMEMBERED = 10_000;

/**
 * Instruments by the names and types of received lines. Each type has a scope of its own, `statsd.c` and so on, so that the
 * counter `requests` and the timer `requests` of old code are two metrics.
 */
export function receivedInstruments(options: ReceivedInstrumentsOptions): ReceivedInstruments {
  const { maxInstruments = 1_000, maxSeries = DEFAULT_MAX_SERIES, expireAfterMs } = options;
  const { signedGauges = "relative", setIntervalMs = 10_000 } = options;
  const recorders = new Map<string, Recorder>();
  const remembered = new Map<string, { readonly recorder: Recorder; readonly attributes: Attributes }>();

  function find({ name, type, tags }: StatsdLine) {
    const key = `${type}|${name}|${tags}`;
    const known = remembered.get(key);
    if (known !== undefined) return known;
    const found = recorderFor(instrumentName(name), type);
    if (found === undefined) return undefined;
    const entry = { recorder: found, attributes: tagAttributes(tags) };
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(key, entry);
    return entry;
  }

  function recorderFor(name: string, type: StatsdType): Recorder | undefined {
    // OpenTelemetry: names of instruments that differ in case only are the same.
    const key = `${type}|${name.toLowerCase()}`;
    const known = recorders.get(key);
    if (known !== undefined || recorders.size >= maxInstruments) return known;
    const expiry = expireAfterMs === undefined ? {} : { expireAfterMs };
    const declaration = { name, scope: { name: `statsd.${type}` }, maxSeries, ...expiry };
    const made = recorder(type, { declaration, signedGauges, setIntervalMs });
    recorders.set(key, made);
    return made;
  }

  return {
    record(line) {
      const found = find(line);
      return found === undefined ? "limit" : found.recorder.record(line, found.attributes);
    },
    close() {
      for (const { close } of recorders.values()) close();
    },
  };
}

/** A name as OpenTelemetry's syntax has it: what cannot stand in one becomes `_`, and one without a letter at first gets one. */
function instrumentName(name: string): string {
  const clean = name.replace(/[^A-Za-z0-9_.\-/]+/g, "_");
  return (/^[A-Za-z]/.test(clean) ? clean : `statsd.${clean}`).slice(0, 255);
}
