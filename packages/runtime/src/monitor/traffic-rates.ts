import type { NetworkCount } from "../host/networks.ts";

/** What interfaces had carried at one moment, by a clock that nobody sets. */
export interface Traffic {
  readonly networks: readonly NetworkCount[];
  readonly atMs: number;
}

export interface TrafficRates {
  readonly receivedPerSecond?: number;
  readonly transmittedPerSecond?: number;
}

/**
 * What all interfaces but the loopback carried since then, in bytes a second; one that came or began anew counts from its next
 * sample on.
 */
export function trafficRates(now: Traffic, before: Traffic | undefined): TrafficRates {
  const seconds = before === undefined ? 0 : (now.atMs - before.atMs) / 1_000;
  if (before === undefined || seconds <= 0) return {};
  const earlier = new Map(before.networks.map((network) => [network.name, network]));
  const carried = (key: "receivedBytes" | "transmittedBytes"): number => {
    let bytes = 0;
    for (const network of now.networks) {
      const then = earlier.get(network.name);
      if (then !== undefined && !/^lo\d*$/.test(network.name)) bytes += Math.max(0, network[key] - then[key]);
    }
    return bytes;
  };
  return {
    receivedPerSecond: carried("receivedBytes") / seconds,
    transmittedPerSecond: carried("transmittedBytes") / seconds,
  };
}
