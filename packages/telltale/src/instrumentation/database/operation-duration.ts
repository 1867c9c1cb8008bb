import type { Attributes, Histogram } from "@opentelemetry/api";

interface Recorder {
  record(value: number): void;
}

/** A histogram of ours: its attributes are looked at once. */
interface BindableHistogram extends Histogram {
  bind?(attributes: Attributes): Recorder;
}

/** `db.client.operation.duration` of one kind of operation at one database. */
export class OperationDuration {
  declare private readonly _attributes: Attributes;
  declare private _histogram: Histogram | undefined;
  declare private _bound: Recorder | undefined;

  constructor(attributes: Attributes) {
    this._attributes = attributes;
    this._histogram = undefined;
    this._bound = undefined;
  }

  /** Another provider makes another histogram, which is then bound in the place of the last one. */
  record(histogram: Histogram, durationMs: number): void {
    if (histogram !== this._histogram) {
      this._histogram = histogram;
      this._bound = (histogram as BindableHistogram).bind?.(this._attributes);
    }
    if (this._bound === undefined) histogram.record(durationMs / 1_000, this._attributes);
    else this._bound.record(durationMs / 1_000);
  }

  recordFailure(histogram: Histogram, durationMs: number, code: string): void {
    histogram.record(durationMs / 1_000, { ...this._attributes, "error.type": code });
  }
}
