import { labelValue, parse, queryInstant, type SeriesStore } from "@telltale/promql";
import { serviceName } from "./alert-services.ts";
import type { DependencyEdge } from "./dependency-edge.ts";
import type { IncidentOptions } from "./incident-options.ts";

/** What Tempo and the Collector's connector count of traces, where somebody does: who called whom. */
const GRAPH = "group by (client, server) (traces_service_graph_request_total)";

/** What a service measures of its own calls. With exponential histograms the name has no suffix. */
const CALLS =
  "(http_client_request|db_client_operation|rpc_client|messaging_client_operation)_duration_seconds(_count)?";

/** Which services call which, as the series in a store tell. */
export function serviceEdges(
  store: SeriesStore,
  { timeMs, options }: { readonly timeMs: number; readonly options: IncidentOptions },
): readonly DependencyEdge[] {
  const { aliases } = options;
  const own = options.serviceLabels.filter((name) => /^[a-zA-Z_]\w*$/.test(name));
  const calls = parse(`group by (${[...own, "server_address", "server_port"].join()}) ({__name__=~"${CALLS}"})`);
  const edges = samplesOf(store, parse(GRAPH), timeMs).map(({ labels }) => ({
    from: serviceName(labelValue(labels, "client"), aliases),
    to: serviceName(labelValue(labels, "server"), aliases),
  }));
  for (const { labels } of samplesOf(store, calls, timeMs)) {
    const name = own.map((label) => labelValue(labels, label)).find((value) => value !== "");
    const from = serviceName(name ?? "", aliases);
    const to = serviceName(labelValue(labels, "server_address"), aliases, labelValue(labels, "server_port"));
    edges.push({ from, to });
  }
  return edges.flatMap(({ from, to }) => (from === undefined || to === undefined || from === to ? [] : [{ from, to }]));
}

function samplesOf(store: SeriesStore, query: ReturnType<typeof parse>, timeMs: number) {
  const { value } = queryInstant(store, query, { timeMs });
  return value.type === "vector" ? value.samples : [];
}
