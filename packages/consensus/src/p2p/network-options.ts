import type { HealthOptions } from "./health-score.ts";

export interface NetworkOptions {
  /** @default "default" */
  readonly network?: string;
  readonly health?: HealthOptions;
  /** From how much silence on a peer is unresponsive. @default 60000 */
  readonly unresponsiveAfterMs?: number;
  /** Beyond these the peer that was silent for longest is forgotten. @default 100000 */
  readonly maxPeers?: number;
  /** Monotonic, in milliseconds. @default performance.now */
  readonly now?: () => number;
}

export interface NetworkSettings {
  readonly network: string;
  readonly health: HealthOptions;
  readonly windowMs: number;
  readonly unresponsiveAfterMs: number;
  readonly maxPeers: number;
  readonly now: () => number;
}

const optionNames = ["network", "health", "unresponsiveAfterMs", "maxPeers", "now"];
const healthNames = ["targetPeers", "latencyMs", "windowMs", "bandwidthLimit"];

/** @throws TypeError with code TELLTALE_BAD_P2P_OPTION */
export function networkSettings(options: NetworkOptions): NetworkSettings {
  // `enabled` is what OpenTelemetry gives to every instrumentation.
  refuseUnknown(options, ["enabled", ...optionNames], "");
  const { network = "default", health = {}, unresponsiveAfterMs = 60_000, maxPeers = 100_000 } = options;
  refuseUnknown(health, healthNames, "health.");
  if (typeof network !== "string" || network === "") {
    throw badOption(`network is ${JSON.stringify(network)}; give a name, such as "vain"`);
  }
  const { targetPeers = 50, latencyMs = [5, 500], windowMs = 300_000, bandwidthLimit } = health;
  requirePositive({ "health.targetPeers": targetPeers, "health.windowMs": windowMs, unresponsiveAfterMs, maxPeers });
  if (bandwidthLimit !== undefined) requirePositive({ "health.bandwidthLimit": bandwidthLimit });
  const [best, worst] = Array.isArray(latencyMs) ? latencyMs : [];
  if (typeof best !== "number" || typeof worst !== "number" || !(best >= 0 && worst > best && worst < Infinity)) {
    throw badOption(
      `health.latencyMs is ${JSON.stringify(latencyMs)}; give the best and a greater worst one, such as [5, 500]`,
    );
  }
  const { now = () => performance.now() } = options;
  return { network, health, windowMs, unresponsiveAfterMs, maxPeers, now };
}

export function badOption(message: string): TypeError {
  return Object.assign(new TypeError(`p2p.${message}`), { code: "TELLTALE_BAD_P2P_OPTION" });
}

export function requirePositive(options: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (typeof value === "number" && value > 0 && value < Number.POSITIVE_INFINITY) continue;
    throw badOption(`${name} is ${String(value)}; give a number above 0`);
  }
}

function refuseUnknown(options: object, known: readonly string[], path: string): void {
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw badOption(`${path}${name} is not an option; there are ${known.join(", ")}`);
  }
}
