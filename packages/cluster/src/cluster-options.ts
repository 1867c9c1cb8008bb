export interface ClusterOptions {
  /** From how long a silence on a node that had a heartbeat is not ready. @default 40000, as in Kubernetes */
  readonly heartbeatTimeoutMs?: number;
  /** After so long without news the bandwidth of a zone leaves the metrics. @default 300000 */
  readonly staleAfterMs?: number;
  /** Beyond these the node that was told of longest ago is forgotten. @default 10000 */
  readonly maxNodes?: number;
  /** Monotonic, in milliseconds. @default performance.now */
  readonly now?: () => number;
}

export type ClusterSettings = Required<ClusterOptions>;

const optionNames = ["heartbeatTimeoutMs", "staleAfterMs", "maxNodes", "now"];

/** @throws TypeError with code TELLTALE_BAD_CLUSTER_OPTION */
export function clusterSettings(options: ClusterOptions): ClusterSettings {
  for (const name of Object.keys(options)) {
    // `enabled` is what OpenTelemetry gives to every instrumentation.
    if (name !== "enabled" && !optionNames.includes(name)) {
      throw badOption(`${name} is not an option; there are ${optionNames.join(", ")}`);
    }
  }
  const { heartbeatTimeoutMs = 40_000, staleAfterMs = 300_000, maxNodes = 10_000 } = options;
  for (const [name, value] of Object.entries({ heartbeatTimeoutMs, staleAfterMs, maxNodes })) {
    if (typeof value === "number" && value > 0) continue;
    throw badOption(`${name} is ${String(value)}; give a number above 0`);
  }
  const { now = () => performance.now() } = options;
  if (typeof now !== "function") throw badOption(`now is ${String(now)}; give a function that gives milliseconds`);
  return { heartbeatTimeoutMs, staleAfterMs, maxNodes, now };
}

function badOption(message: string): TypeError {
  return Object.assign(new TypeError(`cluster.${message}`), { code: "TELLTALE_BAD_CLUSTER_OPTION" });
}
