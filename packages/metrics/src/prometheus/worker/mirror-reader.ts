import type { Attributes, ValueType } from "@opentelemetry/api";
import type { Histogram } from "@opentelemetry/sdk-metrics";
import { catalogue } from "../../catalogue.ts";
import type { Instrument, Series } from "../../instrument.ts";
import type { SharedPlace } from "../../shared-totals.ts";
import type { PageContents } from "../page-source.ts";
import {
  FIRST_NUMBER,
  LIVE_REVISION,
  type MirrorMessage,
  rowWidth,
  SAMPLED_MS,
  type TableChange,
  type TableHead,
  type TableRow,
} from "./mirror-message.ts";

/** Stands for the instruments of another thread: as they are now where they share their totals, else as it was last told. */
export interface MirrorReader {
  /** Takes a message in, and the numbers of its time. */
  take(message: MirrorMessage): void;
  /** Takes the numbers in, when there is nothing else to tell. */
  sample(): void;
  /** Whether nothing can be learned by asking. */
  knowsAll(): boolean;
  /** Undefined before the first message. */
  contents(): PageContents | undefined;
}

/** `revision` is the other thread's as it is now. */
export function mirrorReader(revision: () => number): MirrorReader {
  const tables = new Map<number, Table>();
  let order: readonly number[] = [];
  let shared: Float64Array | undefined;
  let numbers = new Float64Array(0);
  let resource: Attributes = {};
  let scopes: MirrorMessage["scopes"] = [];
  const knowsAll = (): boolean => numbers[LIVE_REVISION] === revision();
  const age = ageOf(() => (knowsAll() ? Date.now() : (numbers[SAMPLED_MS] ?? Date.now())));

  return {
    take(message) {
      let mayBeRead = false;
      for (const change of message.changes) {
        const table = tables.get(change.id) ?? new Table(change.head as TableHead);
        tables.set(change.id, table);
        // A page that is being written may still read the rows that are gone.
        mayBeRead ||= change.from < table.rows.length;
        table.change(change);
      }
      if (message.order !== undefined) {
        order = message.order;
        const listed = new Set(order);
        for (const id of tables.keys()) {
          if (listed.has(id)) continue;
          tables.delete(id);
          mayBeRead = true;
        }
      }
      resource = message.resource ?? resource;
      scopes = message.scopes;
      if (message.memory !== undefined) shared = new Float64Array(message.memory);
      sample(mayBeRead);
    },
    sample: () => sample(false),
    knowsAll,
    contents() {
      if (shared === undefined) return undefined;
      readPlaces();
      return { resource, scopes, instruments: [...order.map((id) => tables.get(id) as Table), age] };
    },
  };

  /** Copies the numbers, because the other thread writes over them when it is asked the next time. */
  function sample(anew: boolean): void {
    const length = order.reduce((sum, id) => sum + (tables.get(id) as Table).length, FIRST_NUMBER);
    if (anew || numbers.length < length) numbers = new Float64Array(2 * length);
    numbers.set((shared as Float64Array).subarray(0, length));
    let offset = FIRST_NUMBER;
    for (const id of order) offset = (tables.get(id) as Table).place(numbers, offset);
    readPlaces();
  }

  function readPlaces(): void {
    for (const id of order) (tables.get(id) as Table).readPlaces();
  }
}

// The SDK's number, written out so that this package loads none of it.
const DOUBLE = 1 as ValueType.DOUBLE;

/** Where the rows of a table stand. */
interface Frame {
  numbers: Float64Array;
  offset: number;
}

class Table implements Instrument {
  readonly kind: Instrument["kind"];
  readonly monotonic: boolean;
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  readonly scope: Instrument["scope"];
  readonly boundaries: readonly number[];
  readonly valueType: ValueType;
  readonly exemplars = false;
  readonly width: number;
  rows: Row[] = [];
  #frame: Frame = { numbers: new Float64Array(0), offset: 0 };

  constructor(head: TableHead) {
    this.kind = head.kind;
    this.monotonic = head.monotonic;
    this.name = head.name;
    this.unit = head.unit;
    this.description = head.description;
    this.scope = head.scope;
    this.boundaries = head.boundaries ?? [];
    this.valueType = head.valueType ?? DOUBLE;
    this.width = rowWidth(head);
  }

  get size(): number {
    return this.rows.length;
  }

  /** How many numbers it has. */
  get length(): number {
    return this.rows.length * this.width;
  }

  get store(): object {
    return this;
  }

  refresh(): void {}

  series(): readonly Series[] {
    return this.rows;
  }

  change({ from, rows }: TableChange): void {
    const stay = this.rows.slice(0, from);
    // Rows that are gone keep the numbers of their time; those that stay stand where they stood, in a frame of their own.
    const moved = from < this.rows.length;
    if (moved) this.#frame = { ...this.#frame };
    const kept = moved ? stay.map((row, i) => this.#row(row, i, row.own)) : stay;
    this.rows = [...kept, ...rows.map((row, i) => this.#row(row, from + i, row.place && totalsAt(row.place)))];
  }

  /** Takes the numbers of rows that have places of their own. */
  readPlaces(): void {
    const { numbers, offset } = this.#frame;
    for (let i = 0; i < this.rows.length; i++) {
      const { own } = this.rows[i] as Row;
      if (own === undefined) return;
      numbers[offset + i] = own.totals[own.slot] as number;
    }
  }

  /** Takes the numbers of all rows from `offset` on and returns where they end. */
  place(numbers: Float64Array, offset: number): number {
    this.#frame.numbers = numbers;
    this.#frame.offset = offset;
    return offset + this.length;
  }

  #row(row: Omit<TableRow, "place">, index: number, own: OwnTotal | undefined): Row {
    return this.kind === "histogram"
      ? new HistogramRow(row, { frame: this.#frame, at: index * this.width, boundaries: this.boundaries }, own)
      : new Row(row, { frame: this.#frame, at: index, boundaries: this.boundaries }, own);
  }
}

/** Where the total of a row stands that the other thread shares. */
interface OwnTotal {
  readonly totals: Float64Array;
  readonly slot: number;
}

const arrays = new WeakMap<SharedArrayBuffer, Float64Array>();

function totalsAt({ memory, slot }: SharedPlace): OwnTotal {
  const totals = arrays.get(memory) ?? new Float64Array(memory);
  arrays.set(memory, totals);
  return { totals, slot };
}

interface Place {
  readonly frame: Frame;
  /** From the table's offset. */
  readonly at: number;
  readonly boundaries: readonly number[];
}

class Row implements Series {
  readonly attributes: Attributes;
  readonly startTimeMs: number;
  readonly place: Place;
  readonly own: OwnTotal | undefined;
  bindings = 0;

  constructor({ attributes, startTimeMs }: Omit<TableRow, "place">, place: Place, own: OwnTotal | undefined) {
    this.attributes = attributes;
    this.startTimeMs = startTimeMs;
    this.place = place;
    this.own = own;
  }

  number(index: number): number {
    const { frame, at } = this.place;
    return frame.numbers[frame.offset + at + index] as number;
  }

  /** A gauge that was never set is sent as NaN, which no series of ours holds. */
  total(): number | Histogram | undefined {
    const value = this.number(0);
    return Number.isNaN(value) ? undefined : value;
  }

  drain(): undefined {
    return undefined;
  }

  mark(): undefined {
    return undefined;
  }
}

class HistogramRow extends Row {
  cumulate(into: Float64Array): void {
    const limits = this.place.boundaries.length;
    for (let i = 0; i < limits + 2; i++) into[i] = this.number(i);
  }

  override total(): Histogram {
    const boundaries = this.place.boundaries as number[];
    const upTo = Array.from({ length: boundaries.length + 1 }, (_, i) => this.number(i));
    const counts = upTo.map((count, i) => count - (upTo[i - 1] ?? 0));
    const count = upTo[boundaries.length] as number;
    return { buckets: { boundaries, counts }, count, sum: this.number(boundaries.length + 1) };
  }
}

/** How old the numbers are, so that a page from a blocked process can be told from a fresh one. */
function ageOf(sampledAtMs: () => number): Instrument {
  const series: Series = {
    attributes: {},
    startTimeMs: Date.now(),
    bindings: 0,
    total: () => Math.max(0, Date.now() - sampledAtMs()) / 1_000,
    drain: () => undefined,
    mark: () => undefined,
  };
  return {
    kind: "gauge",
    monotonic: false,
    name: catalogue.sampleAge.name,
    unit: catalogue.sampleAge.unit,
    description: catalogue.sampleAge.description,
    scope: { name: "@telltale/metrics" },
    exemplars: false,
    size: 1,
    store: series,
    refresh() {},
    series: () => [series],
  };
}
