import type { GaugeMerge } from "@telltale/metrics";
import type { PrometheusConfiguration } from "../configuration.ts";
import { shown } from "./configuration-error.ts";
import type { Surroundings } from "./resolve.ts";
import { strongest } from "./setting.ts";

const PATH = "metrics.prometheus";

/** The endpoint's options that belong together or have a form of their own; what is wrong with them is reported. */
export function prometheusConfiguration(
  {
    cluster,
    ...values
  }: Omit<PrometheusConfiguration, "basicAuth" | "tls" | "cluster"> & { readonly cluster: boolean },
  around: Surroundings,
): PrometheusConfiguration {
  checkPath(values.path, around);
  checkToken(values.bearerToken, around);
  const basicAuth = pair(around, "basicAuth", ["username", "password"]);
  const tls = pair(around, "tls", ["certificateFile", "keyFile"]);
  const clientCa = setting(around, "tls.clientCaFile");
  if (clientCa !== undefined && tls === undefined) {
    around.report(clientCa.name, "is given without the server's own certificateFile and keyFile; give all three");
  }
  const gauges = (setting(around, "cluster.gauges")?.value ?? "each") as GaugeMerge;
  return {
    ...values,
    ...(cluster && { cluster: { gauges } }),
    ...(basicAuth && { basicAuth: { username: basicAuth[0], password: basicAuth[1] } }),
    ...(tls && { tls: { certificate: tls[0], key: tls[1], ...(clientCa && { clientCa: clientCa.value as string }) } }),
  };
}

function setting({ layers }: Surroundings, option: string) {
  return strongest(layers, `${PATH}.${option}`);
}

/** Two that are of no use without each other. */
function pair(
  around: Surroundings,
  group: string,
  [one, other]: readonly [string, string],
): readonly [string, string] | undefined {
  const [first, second] = [setting(around, `${group}.${one}`), setting(around, `${group}.${other}`)];
  if (first !== undefined && second !== undefined) {
    if (one === "username" && (first.value as string).includes(":")) {
      around.report(first.name, "has a colon, which basic authentication cannot carry; give a name without");
    }
    return [first.value as string, second.value as string];
  }
  const given = first ?? second;
  if (given !== undefined) around.report(given.name, `is given without ${first ? other : one}; give both, or neither`);
  return undefined;
}

function checkPath(path: string, around: Surroundings): void {
  if (/^\/[^\s?#]*$/.test(path)) return;
  const name = setting(around, "path")?.name ?? `${PATH}.path`;
  around.report(name, `is ${shown(path)}; give a path that begins with /, such as /metrics`);
}

function checkToken(token: string | undefined, around: Surroundings): void {
  if (token === undefined || /^[\x21-\x7e]+$/.test(token)) return;
  const name = setting(around, "bearerToken")?.name ?? `${PATH}.bearerToken`;
  around.report(name, "has a space, a line break or a letter outside ASCII; give visible ASCII characters");
}
