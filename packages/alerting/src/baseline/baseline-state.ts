/** All that is known of a series: plain data, so that it can be kept over a restart. */
import { type FlatLine, flatLine } from "./flat-line.ts";
import { type Forecaster, forecaster } from "./forecast.ts";
import { type HourHistory, hourHistory } from "./hour-history.ts";
import { type RankCalibration, rankCalibration } from "./rank-calibration.ts";
import { type Alarm, alarm } from "./settle.ts";
import { type SlowDeviation, slowDeviation } from "./slow-deviation.ts";

export interface BaselineState {
  readonly history: HourHistory;
  readonly forecaster: Forecaster;
  readonly slow: SlowDeviation;
  readonly flat: FlatLine;
  readonly fastRank: RankCalibration;
  readonly slowRank: RankCalibration;
  readonly alarm: Alarm;
  firstMs: number;
  /** -1 before the first sample. */
  lastMs: number;
  intervalMs: number;
  samples: number;
}

const VERSION = 2;

export function newState(leastDeviation: number): BaselineState {
  return {
    history: hourHistory(),
    forecaster: forecaster(),
    slow: slowDeviation(),
    flat: flatLine(),
    fastRank: rankCalibration(leastDeviation),
    slowRank: rankCalibration(leastDeviation),
    alarm: alarm(),
    firstMs: 0,
    lastMs: -1,
    intervalMs: 0,
    samples: 0,
  };
}

export function savedState({ history, ...rest }: BaselineState): string {
  const { buffer, byteOffset, byteLength } = history.medians;
  const medians = Buffer.from(buffer, byteOffset, byteLength).toString("base64");
  return JSON.stringify({ version: VERSION, ...rest, history: { ...history, usual: undefined, medians } });
}

/** What another version saved is not understood: then it is learned anew. */
export function restoredState(saved: string): BaselineState | undefined {
  const state = parsed(saved);
  if (state?.version !== VERSION || typeof state.history?.medians !== "string") return undefined;
  const { version: _, history, ...rest } = state;
  const empty = hourHistory();
  const bytes = Buffer.from(history.medians, "base64");
  if (bytes.length !== empty.medians.byteLength) return undefined;
  const medians = new Float32Array(Uint8Array.from(bytes).buffer);
  return { ...rest, history: { ...empty, ...history, medians } };
}

interface SavedState extends Omit<BaselineState, "history"> {
  readonly version: number;
  readonly history: Omit<HourHistory, "medians" | "usual"> & { readonly medians: string };
}

function parsed(saved: string): SavedState | undefined {
  try {
    return (JSON.parse(saved) as SavedState | null) ?? undefined;
  } catch {
    return undefined;
  }
}
