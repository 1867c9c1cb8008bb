/**
 * The queue in front of an exporter, for spans and log records alike. The stock batch processors lose what is in flight
 * at shutdown and tell nobody what they drop; this one waits for exports under way, counts drops, and can hand over
 * everything that has not been delivered, which is what the last flush of a dying process needs.
 */
import { context, diag } from "@opentelemetry/api";
import { type ExportResult, suppressTracing } from "@opentelemetry/core";
import type { Resource } from "@opentelemetry/resources";
import type { BatchConfiguration } from "./configuration.ts";
import { type Delivery, DeliveryTally } from "./delivery.ts";

/** How an export went, with how many items of one that was taken were not, where the exporter knows. */
type ExportOutcome = ExportResult & { readonly refused?: number };

/** The part of an OpenTelemetry exporter that the queue uses. */
export interface BatchExporter<T> {
  export(items: T[], done: (result: ExportOutcome) => void): void;
  shutdown(): Promise<void>;
}

export interface ExportQueueOptions<T> {
  readonly exporter: BatchExporter<T>;
  readonly batch: BatchConfiguration;
  /** For messages: "spans to http://localhost:4318/v1/traces". */
  readonly what: string;
  /** For how many an item counts, where it is several in one. @default 1 */
  readonly sizeOf?: (item: T) => number;
  /** What the exporter gets in the place of lists, if it takes anything else. */
  readonly newBatch?: () => Batch<T>;
}

/** Items that leave in one export. */
export interface Batch<T> {
  readonly length: number;
  readonly resource: Resource | undefined;
  add(item: T): void;
  undelivered(): T[];
}

/** Exports that may be under way at once: one round trip a batch would cap a slow collector at 512 items a round trip. */
const MAX_EXPORTS_IN_FLIGHT = 8;

/** A bounded queue of ended spans or log records with its exporter. Times are in milliseconds. */
export class ExportQueue<T> {
  readonly #exporter: BatchExporter<T>;
  readonly #batch: BatchConfiguration;
  readonly #what: string;
  readonly #sizeOf: ((item: T) => number) | undefined;
  readonly #newBatch: () => Batch<T>;
  readonly #tally = new DeliveryTally();
  readonly #inFlight = new Map<Promise<void>, Batch<T>>();
  /** Batches that wait for an export to end, the oldest first. */
  #full: Batch<T>[] = [];
  #filling: Batch<T>;
  #timer: NodeJS.Timeout | undefined;
  #dropped = 0;
  #warned = false;
  #stopped = false;

  constructor(options: ExportQueueOptions<T>) {
    this.#exporter = options.exporter;
    this.#batch = options.batch;
    this.#what = options.what;
    this.#sizeOf = options.sizeOf;
    this.#newBatch = options.newBatch ?? (() => new ItemList<T>());
    this.#filling = this.#newBatch();
  }

  /** Items dropped so far because the queue was full. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Items not yet delivered: queued or in flight. */
  get pending(): number {
    let count = this.#waiting;
    for (const items of this.#inFlight.values()) count += this.#count(items);
    return count;
  }

  /** What has become of the items so far. */
  get delivery(): Omit<Delivery, "signal" | "to"> {
    const { lost, ...tally } = this.#tally.read();
    return { ...tally, lost: lost + this.#dropped, pending: this.pending };
  }

  /** Queues one item; when the queue is full the item is dropped and counted. Never throws. Hot: benchmarks/tracing.ts. */
  add(item: T): void {
    if (this.#stopped) return;
    const filling = this.#filling;
    const { maxExportBatchSize, maxQueueSize } = this.#batch;
    if (filling.length + this.#full.length * maxExportBatchSize >= maxQueueSize) {
      this.#drop(item);
      return;
    }
    filling.add(item);
    if (filling.length >= maxExportBatchSize) this.#exportFull();
    else this.#wait();
  }

  /** Exports everything queued and waits for all exports under way. Failures are the exporter's to report. */
  async flush(): Promise<void> {
    do {
      this.#exportAll();
      await Promise.all(this.#inFlight.keys());
    } while (this.#waiting > 0);
  }

  /** Flushes and shuts the exporter down; what is added afterwards is ignored. */
  async shutdown(): Promise<void> {
    this.#stopped = true;
    await this.flush();
    await this.#exporter.shutdown();
  }

  /** Everything not delivered, queued and in flight; the queue is empty and stopped afterwards. */
  takeUndelivered(): T[] {
    const items = [...this.#inFlight.values(), ...this.#full, this.#filling].flatMap((batch) => batch.undelivered());
    this.#full = [];
    this.#filling = this.#newBatch();
    this.#inFlight.clear();
    this.#stopped = true;
    clearTimeout(this.#timer);
    return items;
  }

  /** Queued and not yet being exported. */
  get #waiting(): number {
    return this.#full.reduce((sum, items) => sum + this.#count(items), this.#count(this.#filling));
  }

  #count(batch: Batch<T>): number {
    const sizeOf = this.#sizeOf;
    if (sizeOf === undefined) return batch.length;
    return batch.undelivered().reduce((sum, item) => sum + sizeOf(item), 0);
  }

  #exportFull(): void {
    if (this.#filling.length >= this.#batch.maxExportBatchSize) {
      this.#full.push(this.#filling);
      this.#filling = this.#newBatch();
    }
    while (this.#full.length > 0 && this.#inFlight.size < MAX_EXPORTS_IN_FLIGHT) this.#export(this.#full.shift()!);
  }

  #exportAll(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#exportFull();
    const items = this.#filling;
    if (items.length === 0) return;
    if (this.#inFlight.size < MAX_EXPORTS_IN_FLIGHT) {
      this.#filling = this.#newBatch();
      this.#export(items);
    } else this.#wait();
  }

  #wait(): void {
    this.#timer ??= setTimeout(() => this.#exportAll(), this.#batch.scheduledDelayMs).unref();
  }

  #export(items: Batch<T>): void {
    const { exportTimeoutMs } = this.#batch;
    // Now, since an exporter may empty them for later use when it is done.
    const count = this.#count(items);
    const settled = new Promise<void>((resolve) => {
      let isDone = false;
      const done = ({ code, error, refused }: ExportOutcome): void => {
        if (isDone) return;
        isDone = true;
        clearTimeout(deadline);
        if (code === SUCCESS) this.#tally.succeeded(count, refused);
        else this.#tally.failed(count, error);
        resolve();
      };
      const late = (): void => done(failed(new Error(`no answer within ${exportTimeoutMs} ms`)));
      const deadline = setTimeout(late, exportTimeoutMs).unref();
      // The exporter's own HTTP requests are not part of anybody's trace.
      context.with(suppressTracing(context.active()), () => {
        waitForResource(items.resource)
          .then(() => this.#exporter.export(items instanceof ItemList ? items.list : (items as never), done))
          .catch((error: unknown) => {
            diag.error(`telltale: the exporter of ${this.#what} threw`, error);
            done(failed(error as Error));
          });
      });
    }).then(() => {
      this.#inFlight.delete(settled);
      if (!this.#stopped) this.#exportFull();
    });
    this.#inFlight.set(settled, items);
  }

  #drop(item: T): void {
    this.#dropped += this.#sizeOf?.(item) ?? 1;
    if (this.#warned) return;
    this.#warned = true;
    diag.warn(
      `telltale: the queue of ${this.#what} is full (${this.#batch.maxQueueSize}); the newest are dropped and counted. ` +
        "Raise maxQueueSize, sample more sparsely, or look at the backend.",
    );
  }
}

// The values of ExportResultCode: importing the enum would load @opentelemetry/core.
const SUCCESS = 0;
const failed = (error: Error): ExportResult => ({ code: 1, error });

class ItemList<T> implements Batch<T> {
  readonly list: T[] = [];

  get length(): number {
    return this.list.length;
  }

  get resource(): Resource | undefined {
    return (this.list[0] as { readonly resource?: Resource } | undefined)?.resource;
  }

  add(item: T): void {
    this.list.push(item);
  }

  undelivered(): T[] {
    return this.list;
  }
}

/** Detectors such as the host's answer late; the first batches wait for them. */
async function waitForResource(resource: Resource | undefined): Promise<void> {
  if (resource?.asyncAttributesPending) await resource.waitForAsyncAttributes?.();
}
