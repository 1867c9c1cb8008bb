import type { MemberMetrics } from "./merge-metrics.ts";

/** A way to reach members of one kind. */
export interface Channel {
  /** Asks all members that there are now; the ids of those asked. */
  ask(): Iterable<string>;
  close(): void;
}

/** What a channel tells of its members. */
export interface ChannelEvents {
  answer(id: string, metrics: readonly MemberMetrics[]): void;
  /** The member has ended and will not answer any more. */
  gone(id: string): void;
}

/** The other side: a member that answers. */
export interface Membership {
  /** Gives its metrics once more and answers no further. */
  leave(): Promise<void>;
}

/** What a member has, and what its own members have. */
export type MemberSource = () => Promise<readonly MemberMetrics[]>;
