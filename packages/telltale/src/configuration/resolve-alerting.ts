import type { AlertingConfiguration } from "../configuration.ts";
import { shown } from "./configuration-error.ts";
import type { Surroundings } from "./resolve.ts";
import { mergedMap, strongest } from "./setting.ts";

const PATH = "alerting";

/** What the schema gives for the group. */
interface AlertingValues
  extends Omit<
    AlertingConfiguration,
    "folder" | "maxBytes" | "externalLabels" | "api" | "receivers" | "extras" | "state"
  > {
  readonly receivers?: string | undefined;
  readonly extras?: string | undefined;
  readonly state?: string | undefined;
  readonly maxMemory: number;
  readonly api: boolean;
}

/** The options of alerting as its thread takes them; what is in the files is for the thread to check. */
export function alertingConfiguration(
  { maxMemory, receivers, extras, state, api, ...values }: AlertingValues,
  around: Surroundings & { readonly apiAddress: AlertingConfiguration["api"]; readonly hasMetrics: boolean },
): AlertingConfiguration | undefined {
  const { layers, cwd, report, apiAddress, hasMetrics } = around;
  if (!hasMetrics) {
    const name = strongest(layers, PATH)?.name ?? PATH;
    report(name, "is on without metrics, which its rules are about; leave metrics on, or give alerting: false");
    return undefined;
  }
  for (const url of values.alertmanagers ?? []) {
    if (URL.canParse(url) && /^https?:/.test(url)) continue;
    const name = strongest(layers, `${PATH}.alertmanagers`)?.name ?? `${PATH}.alertmanagers`;
    report(name, `has ${shown(url)}; give addresses of Alertmanagers, such as http://alertmanager:9093`);
  }
  return {
    ...values,
    folder: cwd,
    maxBytes: maxMemory,
    externalLabels: mergedMap(layers, `${PATH}.externalLabels`) as Record<string, string>,
    ...(receivers !== undefined && { receivers }),
    ...(extras !== undefined && { extras }),
    ...(state !== undefined && { state }),
    ...(api && apiAddress !== undefined && { api: apiAddress }),
  };
}
