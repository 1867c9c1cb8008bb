/** Workers of a node:cluster send what they collect to their primary, over the channel that they have with it anyway. */
import type { Cluster, Worker } from "node:cluster";
import { deserialize, serialize } from "node:v8";
import type { SeriesBatch } from "@telltale/metrics";
import { type Clock, wallClock } from "../clock.ts";
import type { AlertingProblem } from "./alerting-problem.ts";
import { collectEvery, type SeriesSource } from "./collecting.ts";

/** A message among those of the application, by a key that none of its own has: one of these words, or a batch. */
interface Message {
  readonly "telltale.series": "taken" | "again" | string;
}

/** What the primary does with its workers' batches. */
export interface ClusterEvents {
  take(source: string, batch: SeriesBatch): void;
  /** The worker is no more. */
  gone(source: string): void;
}

export interface ClusterSources extends Disposable {
  /** The worker is to tell of all its series anew. */
  again(source: string): void;
}

export interface ClusterMemberOptions {
  readonly series: SeriesSource;
  readonly intervalMs: number;
  readonly onProblem: (problem: AlertingProblem) => void;
  /** @default the wall clock */
  readonly clock?: Clock;
}

/** A primary that has not answered so many batches does not know of them. */
const UNHEARD_BATCHES = 3;

// The types know only the module's ESM form, with a default export; the built-in itself is the object.
const cluster = (): Cluster => process.getBuiltinModule("node:cluster") as unknown as Cluster;

/** The number of this worker in its node:cluster; undefined in every other process. */
export function clusterWorkerId(): number | undefined {
  return cluster().worker?.id;
}

/** Hears the workers of this primary. */
export function hearCluster({ take, gone }: ClusterEvents): ClusterSources {
  const workers = new Map<string, Worker>();
  const onMessage = (worker: Worker, message: unknown): void => {
    const text = textIn(message);
    if (text === undefined) return;
    const source = `worker ${worker.id}`;
    workers.set(source, worker);
    tell(worker, "taken");
    take(source, deserialize(Buffer.from(text, "base64")) as SeriesBatch);
  };
  const onEnd = (worker: Worker): void => {
    const source = `worker ${worker.id}`;
    if (workers.delete(source)) gone(source);
  };
  cluster().on("message", onMessage).on("disconnect", onEnd).on("exit", onEnd);
  return {
    again(source) {
      const worker = workers.get(source);
      if (worker !== undefined) tell(worker, "again");
    },
    [Symbol.dispose]: () => void cluster().off("message", onMessage).off("disconnect", onEnd).off("exit", onEnd),
  };
}

/** Collects in this worker for its primary, which alerts. */
export function joinCluster({ series, intervalMs, onProblem, clock = wallClock }: ClusterMemberOptions): Disposable {
  let unheard = 0;
  const onMessage = (message: unknown): void => {
    const text = textIn(message);
    if (text === undefined) return;
    unheard = 0;
    if (text === "again") series.tellAnew();
  };
  process.on("message", onMessage);
  const collecting = collectEvery({
    series,
    intervalMs,
    clock,
    onProblem,
    isWanted: () => process.connected,
    take(batch) {
      if (++unheard === UNHEARD_BATCHES + 1) {
        const text =
          "alerting: the primary of this cluster does not take part, so no rule sees this worker; start it there too";
        onProblem({ level: "warn", text });
      }
      const message: Message = { "telltale.series": serialize(batch).toString("base64") };
      process.send?.(message, undefined, undefined, () => {});
    },
  });
  return {
    [Symbol.dispose]() {
      process.off("message", onMessage);
      collecting[Symbol.dispose]();
    },
  };
}

function tell(worker: Worker, word: "taken" | "again"): void {
  // One that ends just now tells by its end.
  worker.send({ "telltale.series": word } satisfies Message, () => {});
}

function textIn(message: unknown): string | undefined {
  const text = (Object(message) as Partial<Message>)["telltale.series"];
  return typeof text === "string" ? text : undefined;
}
