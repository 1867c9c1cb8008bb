import type { Fill } from "./fill.ts";
import type { EndStatus } from "./order-status.ts";
import type { RejectReason } from "./reject-reason.ts";

/** The spans of one order. */
export interface OrderTrace {
  submit<T>(request: () => T): T;
  submitted(): void;
  submitFailed(error: unknown, reason: RejectReason): void;
  accepted(venueId: string | undefined): void;
  filled(fill: Fill): void;
  event(name: string, attributes?: Readonly<Record<string, string | number>>): void;
  cancelRequested(): void;
  cancelEnded(error?: RejectReason): void;
  replaceRequested(): void;
  replaceEnded(error?: RejectReason, clientId?: string): void;
  resumed(): void;
  closed(status: EndStatus, error?: RejectReason, text?: string): void;
}
