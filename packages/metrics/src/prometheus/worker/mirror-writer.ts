import type { ScopeMetrics } from "@opentelemetry/sdk-metrics";
import type { Instrument, Series } from "../../instrument.ts";
import { cumulativeMetric } from "../../metric-producer.ts";
import type { PageContents } from "../page-source.ts";
import { type MirrorMessage, rowWidth, type TableChange } from "./mirror-message.ts";

/** Writes what another thread needs to stand for this one's instruments. */
export interface MirrorWriter {
  /** `spare` is memory of an earlier message that is no longer used there. */
  write(contents: PageContents, spare: ArrayBuffer | undefined): Promise<MirrorMessage>;
}

interface Table {
  readonly id: number;
  readonly width: number;
  /** The series that the other thread knows. */
  known: Series[];
}

/** How long the event loop is held at a stretch. */
const SLICE_MS = 2;

export function mirrorWriter(): MirrorWriter {
  let tables = new Map<Instrument, Table>();
  let ids = 0;
  let told = "";

  return {
    async write({ resource, scopes, instruments }, spare) {
      const used = new Map<Instrument, Table>();
      const changes: TableChange[] = [];
      const others: ScopeMetrics[] = [...scopes];
      const numbers = growing(spare);
      let since = performance.now();
      for (const instrument of instruments) {
        instrument.refresh();
        if (!hasTable(instrument)) {
          const metric = cumulativeMetric(instrument, Date.now());
          if (metric !== undefined) others.push({ scope: instrument.scope, metrics: [metric] });
        } else {
          const table = tables.get(instrument) ?? { id: ids++, width: rowWidth(instrument), known: [] };
          const change = sample(instrument, table, numbers);
          const head = tables.has(instrument) ? undefined : headOf(instrument);
          if (head !== undefined) changes.push({ ...(change ?? { id: table.id, from: 0, rows: [] }), head });
          else if (change !== undefined) changes.push(change);
          used.set(instrument, table);
        }
        if (performance.now() - since < SLICE_MS) continue;
        await new Promise((resolve) => setImmediate(resolve));
        since = performance.now();
      }
      const same = used.size === tables.size && changes.every(({ head }) => head === undefined);
      tables = used;
      // Detectors may still be at work, so it is compared by what it holds.
      const resourceText = Object.entries(resource).join("\n");
      const news = told === resourceText ? {} : { resource };
      told = resourceText;
      return {
        sampledAtMs: Date.now(),
        ...news,
        ...(!same && { order: Array.from(used.values(), ({ id }) => id) }),
        changes,
        numbers: numbers.taken(),
        scopes: others,
      };
    },
  };
}

/** Whether its series are rows of as many numbers each. */
function hasTable({ kind, exemplars }: Instrument): boolean {
  return kind !== "exponentialHistogram" && !exemplars;
}

function headOf({ kind, monotonic, name, unit, description, scope, boundaries, valueType }: Instrument) {
  return {
    kind,
    monotonic,
    name,
    unit,
    description,
    scope,
    ...(boundaries !== undefined && { boundaries }),
    ...(valueType !== undefined && { valueType }),
  };
}

/** Appends the instrument's numbers; the rows that the other thread does not know, if there are some. */
function sample(instrument: Instrument, table: Table, numbers: Growing): TableChange | undefined {
  const series = instrument.series();
  const { known, width } = table;
  const start = numbers.length;
  const into = numbers.reserve(series.length * width);
  if (width === 1) sampleNumbers(series, into, start);
  else sampleRows(series, into, { start, width });
  let from = 0;
  while (from < known.length && known[from] === series[from]) from++;
  if (from === series.length && from === known.length) return undefined;
  const rows = series.slice(from).map(({ attributes, startTimeMs }) => ({ attributes, startTimeMs }));
  table.known = [...series];
  return { id: table.id, from, rows };
}

// Hot: benchmarks/metrics.
function sampleNumbers(series: readonly Series[], into: Float64Array, start: number): void {
  for (let i = 0; i < series.length; i++) {
    into[start + i] = ((series[i] as Series).total() as number | undefined) ?? Number.NaN;
  }
}

function sampleRows(
  series: readonly Series[],
  into: Float64Array,
  { start, width }: { readonly start: number; readonly width: number },
): void {
  const row = new Float64Array(width);
  for (let i = 0; i < series.length; i++) {
    (series[i] as Series).cumulate?.(row);
    into.set(row, start + i * width);
  }
}

/** Memory for numbers that grows as they come. */
interface Growing {
  readonly length: number;
  /** Makes room for so many more. */
  reserve(count: number): Float64Array;
  taken(): Float64Array<ArrayBuffer>;
}

function growing(spare: ArrayBuffer | undefined): Growing {
  let numbers = new Float64Array(spare ?? new ArrayBuffer(8 * 1_024));
  let length = 0;
  return {
    get length() {
      return length;
    },
    reserve(count) {
      length += count;
      if (length > numbers.length) {
        const wider = new Float64Array(length * 2);
        wider.set(numbers);
        numbers = wider;
      }
      return numbers;
    },
    taken: () => numbers,
  };
}
