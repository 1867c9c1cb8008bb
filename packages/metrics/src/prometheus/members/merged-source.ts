import type { ScopeMetrics } from "@opentelemetry/sdk-metrics";
import { cumulativeMetric } from "../../metric-producer.ts";
import type { PageContents, PageSource } from "../page-source.ts";
import type { Membership } from "./channel.ts";
import { clusterChannel, joinCluster } from "./cluster-channel.ts";
import { type Members, members } from "./members.ts";
import { type GaugeMerge, mergeMetrics } from "./merge-metrics.ts";
import { joinThreads, threadChannel } from "./thread-channel.ts";

/** What this process or thread is among those whose metrics stand on one page. */
export type MemberRole = "serves" | "cluster worker" | "thread";

export function memberRole(): MemberRole {
  if (!process.getBuiltinModule("node:worker_threads").isMainThread) return "thread";
  const { isWorker } = process.getBuiltinModule("node:cluster") as unknown as { readonly isWorker: boolean };
  return isWorker ? "cluster worker" : "serves";
}

/** The metrics of this process, of its worker threads, and of its cluster's workers with their threads. */
export function mergedSource(
  own: PageSource,
  { gauges }: { readonly gauges: GaugeMerge },
): { readonly source: PageSource; close(): void } {
  const others = members([clusterChannel, threadChannel]);
  const told = new Set<string>();
  return {
    async source() {
      const [contents, theirs] = await Promise.all([own(), others.collect()]);
      const all = [{ member: "0", scopes: allScopes(contents) }, ...theirs];
      return { resource: contents.resource, scopes: mergeMetrics(all, { gauges, told }), instruments: [] };
    },
    close: () => others.close(),
  };
}

/** Makes this process or thread one of those whose metrics another one serves. */
export function join(role: Exclude<MemberRole, "serves">, own: PageSource): Membership {
  const mine = async () => [{ member: "", scopes: allScopes(await own()) }];
  if (role === "thread") return joinThreads(mine);
  const threads: Members = members([threadChannel]);
  const membership = joinCluster(async () => (await Promise.all([mine(), threads.collect()])).flat());
  return {
    async leave() {
      await membership.leave();
      threads.close();
    },
  };
}

function allScopes({ scopes, instruments }: PageContents): ScopeMetrics[] {
  const nowMs = Date.now();
  const own = instruments.flatMap((instrument) => {
    instrument.refresh();
    const metric = cumulativeMetric(instrument, nowMs);
    return metric === undefined ? [] : [{ scope: instrument.scope, metrics: [metric] }];
  });
  return [...scopes, ...own];
}
