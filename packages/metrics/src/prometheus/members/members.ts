import type { Channel, ChannelEvents } from "./channel.ts";
import { lasting, type MemberMetrics, mergeMetrics } from "./merge-metrics.ts";

/** Everybody else whose metrics stand on this page. */
export interface Members {
  /** What they have now; of those that do not answer in time, what they had the last time. */
  collect(): Promise<readonly MemberMetrics[]>;
  close(): void;
}

/** How long a member may take. One that did not answer in time is asked again and not waited for until it answers. */
const PATIENCE_MS = 1_000;

interface Member {
  last: readonly MemberMetrics[];
  silent: boolean;
}

export function members(channels: readonly ((events: ChannelEvents) => Channel)[]): Members {
  const open = channels.map((connect, number) => connectTo(connect, `${number} `));
  const known = new Map<string, Member>();
  const told = new Set<string>();
  /** The counts of those that are gone. */
  let departed: MemberMetrics = { member: "", scopes: [] };
  let waiting: { readonly ids: Set<string>; done(): void } | undefined;
  let collecting: Promise<readonly MemberMetrics[]> | undefined;

  function connectTo(connect: (events: ChannelEvents) => Channel, prefix: string) {
    const channel = connect({
      answer(id, metrics) {
        known.set(prefix + id, { last: metrics.map((one) => named(id, one)), silent: false });
        heardOf(prefix + id);
      },
      gone(id) {
        bury(prefix + id);
        heardOf(prefix + id);
      },
    });
    return { ask: () => Array.from(channel.ask(), (id) => prefix + id), close: () => channel.close() };
  }

  function heardOf(id: string): void {
    if (waiting?.ids.delete(id) && waiting.ids.size === 0) waiting.done();
  }

  function bury(id: string): void {
    const member = known.get(id);
    if (member === undefined) return;
    known.delete(id);
    const all = [departed, ...member.last].map(({ scopes }) => ({ member: "", scopes: lasting(scopes) }));
    departed = { member: "", scopes: mergeMetrics(all, { gauges: "last", told }) };
  }

  async function collect(): Promise<readonly MemberMetrics[]> {
    const asked = open.flatMap((channel) => channel.ask());
    const ids = new Set(asked.filter((id) => known.get(id)?.silent !== true));
    if (ids.size > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, PATIENCE_MS);
        waiting = {
          ids,
          done() {
            clearTimeout(timer);
            resolve();
          },
        };
      });
      waiting = undefined;
    }
    for (const id of ids) known.set(id, { last: known.get(id)?.last ?? [], silent: true });
    // In the order in which they were started, whoever answered first.
    const inOrder = [...known].sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true }));
    return [departed, ...inOrder.flatMap(([, { last }]) => last)];
  }

  return {
    collect() {
      collecting ??= collect().finally(() => {
        collecting = undefined;
      });
      return collecting;
    },
    close() {
      for (const channel of open) channel.close();
    },
  };
}

/** `3` for a worker, `3.t1` for a thread of it. */
function named(id: string, { member, scopes }: MemberMetrics): MemberMetrics {
  return { member: member === "" ? id : `${id}.${member}`, scopes };
}
