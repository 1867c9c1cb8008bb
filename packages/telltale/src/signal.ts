import type { Delivery } from "./delivery.ts";
import type { UndeliveredBatch } from "./last-flush.ts";

/** What the life cycle needs of traces, metrics and logs alike. */
export interface Signal {
  flush(): Promise<void>;
  shutdown(): Promise<void>;
  /** How many spans or log records have not been delivered. */
  pending(): number;
  /** What has become of what was recorded, for each place that it goes to. */
  deliveries(): readonly Delivery[];
  /** Everything not delivered yet, taken out of the queues; the signal records nothing more. */
  takeUndelivered(): readonly UndeliveredBatch[];
}
