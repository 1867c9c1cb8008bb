import { table } from "../report.ts";
import { type RouteName, routes } from "./candidates.ts";
import type { CandidateResult, RouteResult, Timing } from "./measure-application.ts";

/** The share of bare's throughput that is to be kept, with all traces and at 1%, and the stretch. */
const goals: Readonly<Record<RouteName, { readonly all: string; readonly sampled: string }>> = {
  "express:ping": { all: "55% (stretch 75%)", sampled: "85% (stretch 95%)" },
  "express:orders": { all: "65% (stretch 75%)", sampled: "75% (stretch 85%)" },
  "fastify:ping": { all: "50% (stretch 60%)", sampled: "85% (stretch 95%)" },
  "fastify:orders": { all: "65% (stretch 75%)", sampled: "75% (stretch 85%)" },
};

/** The section of docs/benchmarks.md, below its title. */
export function httpReport(results: readonly RouteResult[], timing: Timing): string {
  const { repetitions, measureMs, warmUpMs, connections } = timing;
  const head = `Medians of ${repetitions} turns of ${measureMs / 1_000} s after ${warmUpMs / 1_000} s of warm-up on both routes of an application, ${connections} connections
(one in the first half second: see decision 5 on processes that begin with a burst); the server on a core of its own, everything else (clients, PostgreSQL, Redis, collector) on another. On \`GET /ping\` the clients
never sleep, since waking them costs a server more the slower it is. Traces and metrics go to the collector by OTLP (dd-trace:
traces to its agent); every request is traced where no share is named. CPU is that of the whole process for a request, what it
exports within 2 s afterwards included. "busy" is how much of its core the server used: where that is below 95%, the stores and clients
held it up, so that what was kept flatters everybody: read the CPU there.`;
  return [head, ...results.map(section)].join("\n\n");
}

function section({ route, candidates }: RouteResult): string {
  const bare = find(candidates, "bare")!;
  const added = (one: CandidateResult | undefined): number => (one ? one.cpuUs - bare.cpuUs : Number.NaN);
  const [sdk, datadog] = [added(find(candidates, "sdk")), added(find(candidates, "dd-trace"))];
  const rows = candidates.map((one) => [
    one.name,
    one.requestsPerSecond.toFixed(0),
    percent(one.kept),
    one.cpuUs.toFixed(1),
    added(one).toFixed(1),
    ratio(added(one) / sdk),
    ratio(added(one) / datadog),
    percent(one.busy),
    (one.rssBytes / 2 ** 20).toFixed(0),
    ((one.rssBytes - bare.rssBytes) / 2 ** 20).toFixed(0),
  ]);
  const { all, sampled } = goals[route];
  return `### ${routes[route].title}

Goal for telltale: keep ${all} of bare; at 1% sampling ${sampled}; add at most a third of the SDK's CPU and half of dd-trace's
(stretch an eighth and a fifth), and at most 0.65 of the RSS that the best peer adds (stretch 0.5).

${table([["candidate", "requests/s", "kept of bare", "CPU, µs", "added, µs", "of SDK's", "of dd-trace's", "busy", "RSS, MiB", "added, MiB"], ...rows])}`;
}

function find(candidates: readonly CandidateResult[], key: string): CandidateResult | undefined {
  return candidates.find((one) => one.key === key);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)}%`;
}

function ratio(value: number): string {
  return Number.isFinite(value) && value !== 0 ? value.toFixed(2) : "";
}
