/** How packets leave. Nothing is opened before the first ones, and nothing that is open keeps the process alive. */
export interface Transport {
  /** Makes ready for some packets, anew after a failure. Rejects when none of them can be sent. */
  open(): Promise<void>;
  /** Settles when the packet was handed to the system; rejects when that failed, or when a packet before it was refused. */
  send(packet: Uint8Array): Promise<void>;
  close(): void;
}
