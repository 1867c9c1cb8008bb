import type { ScopeMetrics } from "@opentelemetry/sdk-metrics";
import type { Instrument, Series } from "../../instrument.ts";
import { cumulativeMetric } from "../../metric-producer.ts";
import type { PageContents } from "../page-source.ts";
import {
  FIRST_NUMBER,
  LIVE_REVISION,
  type MirrorMessage,
  rowWidth,
  SAMPLED_MS,
  type TableChange,
} from "./mirror-message.ts";

/** Writes what another thread needs to stand for this one's instruments. */
export interface MirrorWriter {
  /**
   * Writes the numbers into shared memory; the message is undefined when there is nothing to tell besides. The revision is
   * that from before the contents were asked for.
   */
  write(contents: PageContents, revision: number): Promise<MirrorMessage | undefined>;
}

interface Table {
  readonly id: number;
  readonly width: number;
  /** The series that the other thread knows: so many of this list, to which others may have been added since. */
  list: readonly Series[];
  known: number;
}

/** How long the event loop is held at a stretch. */
const SLICE_MS = 2;

export function mirrorWriter(): MirrorWriter {
  let tables = new Map<Instrument, Table>();
  let ids = 0;
  let toldResource: string | undefined;
  let toldMemory: SharedArrayBuffer | undefined;
  let toldScopes = 0;
  const numbers = sharedNumbers();

  return {
    async write({ resource, scopes, instruments, alone }, revision) {
      const used = new Map<Instrument, Table>();
      const changes: TableChange[] = [];
      const others: ScopeMetrics[] = [...scopes];
      let live = alone === true;
      numbers.begin();
      let since = performance.now();
      for (const instrument of instruments) {
        instrument.refresh();
        live &&= isLive(instrument);
        if (!hasTable(instrument)) {
          const metric = cumulativeMetric(instrument, Date.now());
          if (metric !== undefined) others.push({ scope: instrument.scope, metrics: [metric] });
        } else {
          const before = tables.get(instrument);
          const table = before ?? { id: ids++, width: rowWidth(instrument), list: [], known: 0 };
          const change = sample(instrument, table, numbers);
          if (before === undefined)
            changes.push({ id: table.id, from: 0, rows: [], ...change, head: headOf(instrument) });
          else if (change !== undefined) changes.push(change);
          used.set(instrument, table);
        }
        if (performance.now() - since < SLICE_MS) continue;
        await new Promise((resolve) => setImmediate(resolve));
        since = performance.now();
      }
      const memory = numbers.end(live ? revision : Number.NaN);
      const same = inOneOrder(used, tables);
      tables = used;
      // Detectors may still be at work, so it is compared by what it holds.
      const resourceText = Object.entries(resource).join("\n");
      const toldAll = toldResource === resourceText && toldMemory === memory && toldScopes + others.length === 0;
      if (same && toldAll && changes.length === 0) return undefined;
      const message: MirrorMessage = {
        ...(toldResource !== resourceText && { resource }),
        ...(!same && { order: Array.from(used.values(), ({ id }) => id) }),
        changes,
        ...(toldMemory !== memory && { memory }),
        scopes: others,
      };
      toldResource = resourceText;
      toldMemory = memory;
      toldScopes = others.length;
      return message;
    },
  };
}

function inOneOrder(tables: ReadonlyMap<Instrument, Table>, before: ReadonlyMap<Instrument, Table>): boolean {
  const others = before.keys();
  for (const instrument of tables.keys()) if (others.next().value !== instrument) return false;
  return tables.size === before.size;
}

/** Whether its series are rows of as many numbers each. */
function hasTable({ kind, exemplars }: Instrument): boolean {
  return kind !== "exponentialHistogram" && !exemplars;
}

/** Whether it need not be asked again while the revision stays. */
function isLive(instrument: Instrument): boolean {
  return (hasTable(instrument) && instrument.share !== undefined) || instrument.still?.() === true;
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
function sample(instrument: Instrument, table: Table, numbers: SharedNumbers): TableChange | undefined {
  const series = instrument.series();
  const count = series.length;
  const { list, known, width } = table;
  const start = numbers.reserve(count * width);
  const { into } = numbers;
  // What can be shared is read over there.
  if (instrument.share !== undefined) into.fill(Number.NaN, start, start + count);
  else if (instrument.readTotals !== undefined) instrument.readTotals({ into, at: start, from: 0, to: count });
  else if (width === 1) sampleNumbers(series, into, start);
  else sampleRows(series, into, { start, width });
  if (series === list && count === known) return undefined;
  let from = series === list ? known : 0;
  while (from < known && list[from] === series[from]) from++;
  table.list = series;
  table.known = count;
  if (from === count && from === known) return undefined;
  const rows = series.slice(from, count).map((one) => {
    const { attributes, startTimeMs } = one;
    return { attributes, startTimeMs, ...(instrument.share && { place: instrument.share(one) }) };
  });
  return { id: table.id, from, rows };
}

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
interface SharedNumbers {
  begin(): void;
  /** Makes room for so many more in `into` and returns where. */
  reserve(count: number): number;
  readonly into: Float64Array;
  end(liveRevision: number): SharedArrayBuffer;
}

function sharedNumbers(): SharedNumbers {
  let memory = new SharedArrayBuffer(8 * 1_024);
  let into = new Float64Array(memory);
  let length = 0;
  return {
    get into() {
      return into;
    },
    begin() {
      length = FIRST_NUMBER;
    },
    reserve(count) {
      const start = length;
      length += count;
      if (length > into.length) {
        const before = into;
        memory = new SharedArrayBuffer(16 * length);
        into = new Float64Array(memory);
        into.set(before);
      }
      return start;
    },
    end(liveRevision) {
      into[SAMPLED_MS] = Date.now();
      into[LIVE_REVISION] = liveRevision;
      return memory;
    },
  };
}
