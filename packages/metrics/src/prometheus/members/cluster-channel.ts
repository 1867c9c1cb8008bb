import type { Cluster, Worker } from "node:cluster";
import { deserialize, serialize } from "node:v8";
import { diag } from "@opentelemetry/api";
import type { Channel, ChannelEvents, MemberSource, Membership } from "./channel.ts";
import { cloneable } from "./cloneable.ts";
import type { MemberMetrics } from "./merge-metrics.ts";

// The types know only the module's ESM form, with a default export; the built-in itself is the object.
const cluster = (): Cluster => process.getBuiltinModule("node:cluster") as unknown as Cluster;

/** A message among those of the application, by a key that none of its own has: one of these words, or the answer. */
interface Message {
  readonly "telltale.metrics": "who" | "here" | "ask" | string;
}

/** Reaches the workers of this `node:cluster` primary over the channel that they have with it anyway. */
export function clusterChannel({ answer, gone }: ChannelEvents): Channel {
  // A worker that has not joined, because it is still starting or knows nothing of telltale, would only be waited for.
  const joined = new Set<number>();
  const onMessage = (worker: Worker, message: unknown): void => {
    const text = textIn(message);
    if (text === undefined) return;
    joined.add(worker.id);
    if (text !== "here") answer(String(worker.id), deserialize(Buffer.from(text, "base64")) as MemberMetrics[]);
  };
  const onEnd = (worker: Worker): void => {
    joined.delete(worker.id);
    gone(String(worker.id));
  };
  const workers = (): Worker[] =>
    Object.values(cluster().workers ?? {}).filter((worker) => worker?.isConnected() === true) as Worker[];
  cluster().on("message", onMessage).on("disconnect", onEnd).on("exit", onEnd);
  for (const worker of workers()) tell(worker, "who");
  return {
    ask() {
      const asked = workers().filter(({ id }) => joined.has(id));
      for (const worker of asked) tell(worker, "ask");
      return asked.map(({ id }) => String(id));
    },
    close() {
      cluster().off("message", onMessage).off("disconnect", onEnd).off("exit", onEnd);
    },
  };
}

function tell(worker: Worker, word: "who" | "ask"): void {
  // One that ends just now tells by its end.
  worker.send({ "telltale.metrics": word } satisfies Message, () => {});
}

/** Answers the primary of this cluster worker. */
export function joinCluster(source: MemberSource): Membership {
  const onMessage = (message: unknown): void => {
    const text = textIn(message);
    if (text === "ask") void answer();
    else if (text === "who") void sent({ "telltale.metrics": "here" });
  };
  process.on("message", onMessage);
  void sent({ "telltale.metrics": "here" });
  return {
    leave() {
      process.off("message", onMessage);
      return answer();
    },
  };

  async function answer(): Promise<void> {
    try {
      const metrics = await source();
      // As text, because the channel's own JSON knows neither NaN nor Infinity.
      await sent({ "telltale.metrics": serialize(cloneable(metrics, serialize)).toString("base64") });
    } catch (error) {
      diag.error("telltale: the primary process cannot be given the metrics of this worker", error);
    }
  }
}

function textIn(message: unknown): string | undefined {
  const text: unknown = (message as Message | null | undefined)?.["telltale.metrics"];
  return typeof text === "string" ? text : undefined;
}

function sent(message: Message): Promise<void> {
  return new Promise((resolve) => {
    // Without a channel, or with one that closes, the primary is gone, and nobody asks.
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, undefined, undefined, () => resolve());
  });
}
