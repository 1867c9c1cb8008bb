import type { UndeliveredBatch } from "./last-flush.ts";

/** What the life cycle needs of traces, metrics and logs alike. */
export interface Signal {
  flush(): Promise<void>;
  shutdown(): Promise<void>;
  /** How many spans or log records have not been delivered. */
  pending(): number;
  /** Everything not delivered yet, taken out of the queues; the signal records nothing more. */
  takeUndelivered(): readonly UndeliveredBatch[];
}
