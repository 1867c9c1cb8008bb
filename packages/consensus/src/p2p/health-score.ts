export interface HealthOptions {
  /** As many peers as the network wants to have. @default 50 */
  readonly targetPeers?: number;
  /** A mean round trip that is perfect, and one that is useless. @default [5, 500] */
  readonly latencyMs?: readonly [best: number, worst: number];
  /** Over how long dials, round trips and bytes are looked at. @default 300000 */
  readonly windowMs?: number;
  /** Bytes a second that the line carries; with it, what is left of them counts too. @default it does not */
  readonly bandwidthLimit?: number;
}

/** What the score is made of; what is not known is left out. */
export interface HealthComponents {
  readonly peers?: number | undefined;
  /** Share of dials that succeeded, 0 to 1. */
  readonly successRatio?: number | undefined;
  readonly latencyMs?: number | undefined;
  /** Bytes a second. */
  readonly bandwidth?: number | undefined;
}

const WEIGHTS = { peers: 0.3, successRatio: 0.4, latency: 0.3, bandwidth: 0.1 };

/**
 * Health of a network from 0 to 100: the weighted geometric mean of its parts, so that one that is dead pulls it down to 0.
 * Undefined while fewer than two parts are known.
 */
export function healthScore(
  { peers, successRatio, latencyMs, bandwidth }: HealthComponents,
  options: HealthOptions = {},
): number | undefined {
  const { targetPeers = 50, latencyMs: [best, worst] = [5, 500], bandwidthLimit } = options;
  const parts: (readonly [share: number, weight: number])[] = [];
  if (isKnown(peers)) parts.push([clamp(peers / targetPeers), WEIGHTS.peers]);
  if (isKnown(successRatio)) parts.push([clamp(successRatio), WEIGHTS.successRatio]);
  if (isKnown(latencyMs)) parts.push([clamp(1 - (latencyMs - best) / (worst - best)), WEIGHTS.latency]);
  if (isKnown(bandwidth) && bandwidthLimit !== undefined) {
    parts.push([clamp(1 - bandwidth / bandwidthLimit), WEIGHTS.bandwidth]);
  }
  if (parts.length < 2) return undefined;
  const weights = parts.reduce((sum, [, weight]) => sum + weight, 0);
  return 100 * Math.exp(parts.reduce((sum, [share, weight]) => sum + weight * Math.log(share), 0) / weights);
}

function isKnown(value: number | undefined): value is number {
  return typeof value === "number" && !Number.isNaN(value);
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
