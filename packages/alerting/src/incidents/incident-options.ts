import { type Fields, readCount, readDuration } from "../alerting-file/definition-fields.ts";
import type { YamlValue } from "../yaml-reader.ts";

/** Which alerts are one incident, and how long it is kept. */
export interface IncidentOptions {
  /** So far apart two alerts may begin. @default 5 minutes */
  readonly windowMs: number;
  /** So late an alert may begin after one that still fires. @default 30 minutes */
  readonly lateWindowMs: number;
  /** So many services one alert's may be away from the other's, along the calls. @default 2 */
  readonly maxHops: number;
  /** An incident is over when for so long nothing has fired. @default 5 minutes */
  readonly quietMs: number;
  /** Labels that say which service an alert is about; the first that it has. */
  readonly serviceLabels: readonly string[];
  /** Labels that name a service that it depends on. */
  readonly peerLabels: readonly string[];
  /** Services by other names that they go by: `host:port`, or the host. */
  readonly aliases: Readonly<Record<string, string>>;
  /** How long incidents that are over are kept. @default 90 days */
  readonly keepMs: number;
}

export const incidentDefaults: IncidentOptions = {
  windowMs: 5 * 60_000,
  lateWindowMs: 30 * 60_000,
  maxHops: 2,
  quietMs: 5 * 60_000,
  serviceLabels: ["service_name", "service", "job"],
  peerLabels: ["server_address", "peer_service", "server"],
  aliases: {},
  keepMs: 90 * 86_400_000,
};

/** Reads `incidents`; faults are problems of the document. */
export function readIncidentOptions(value: YamlValue): IncidentOptions {
  const fields = value.fields([
    ...["window", "late_window", "max_hops", "quiet", "service_labels", "peer_labels", "aliases", "keep"],
  ]);
  const duration = (name: string, otherwise: number) => readDuration(fields, name, { otherwise });
  const windowMs = duration("window", incidentDefaults.windowMs);
  const lateWindowMs = duration("late_window", Math.max(windowMs, incidentDefaults.lateWindowMs));
  if (lateWindowMs < windowMs) {
    fields.get("late_window")!.problem("late_window is shorter than window; give one that is longer, or none");
  }
  return {
    windowMs,
    lateWindowMs,
    maxHops: readCount(fields, "max_hops", { least: 0, otherwise: incidentDefaults.maxHops }),
    quietMs: duration("quiet", incidentDefaults.quietMs),
    serviceLabels: readNames(fields, "service_labels") ?? incidentDefaults.serviceLabels,
    peerLabels: readNames(fields, "peer_labels") ?? incidentDefaults.peerLabels,
    aliases: fields.get("aliases")?.record() ?? incidentDefaults.aliases,
    keepMs: duration("keep", incidentDefaults.keepMs),
  };
}

function readNames(fields: Fields, name: string): readonly string[] | undefined {
  return fields
    .get(name)
    ?.items()
    .flatMap((item) => item.text() || []);
}
