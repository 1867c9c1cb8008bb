import type { IncidentOptions } from "./incident-options.ts";

type LabelValues = Readonly<Record<string, string>>;

/** Addresses that are another host's for everybody. */
const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|::1|\[::1\]|0\.0\.0\.0)$/;

/** The services that an alert is about: its own first, then those that it names as what it depends on. */
export function servicesOf(
  labels: LabelValues,
  { options, ownService }: { readonly options: IncidentOptions; readonly ownService: string | undefined },
): readonly string[] {
  const ownLabel = options.serviceLabels.find((name) => (labels[name] ?? "") !== "");
  const own = ownLabel === undefined ? ownService : serviceName(labels[ownLabel]!, options.aliases);
  const peers = options.peerLabels
    .filter((name) => name !== ownLabel)
    .map((name) => serviceName(labels[name] ?? "", options.aliases, labels["server_port"]));
  return [...new Set([own, ...peers].filter((name) => name !== undefined))];
}

/** What a service is called that goes by an address; undefined for an address that says nothing to others. */
export function serviceName(address: string, aliases: LabelValues, port = ""): string | undefined {
  if (address === "") return undefined;
  const alias = [`${address}:${port}`, address].find((name) => Object.hasOwn(aliases, name));
  if (alias !== undefined) return aliases[alias];
  return LOOPBACK.test(address.replace(/(?<=[\d\]a-z]):\d+$/, "")) ? undefined : address;
}
