/** Every port of the example. `PORT` moves the three services, `METRICS_PORT` the two metrics pages. */
export interface Ports {
  readonly desk: number;
  readonly exchange: number;
  readonly traces: number;
  readonly deskMetrics: number;
  readonly exchangeMetrics: number;
}

/** @throws RangeError when a variable is not a port number. */
export function portsFrom(env: NodeJS.ProcessEnv): Ports {
  const desk = portOf(env, { variable: "PORT", fallback: 4000 });
  const deskMetrics = portOf(env, { variable: "METRICS_PORT", fallback: 9464 });
  return {
    desk,
    exchange: portOf(env, { variable: "EXCHANGE_PORT", fallback: desk + 1 }),
    traces: portOf(env, { variable: "TRACES_PORT", fallback: desk + 2 }),
    deskMetrics,
    exchangeMetrics: portOf(env, { variable: "EXCHANGE_METRICS_PORT", fallback: deskMetrics + 1 }),
  };
}

function portOf(
  env: NodeJS.ProcessEnv,
  { variable, fallback }: { readonly variable: string; readonly fallback: number },
): number {
  const text = env[variable];
  if (text === undefined || text === "") return fallback;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_534) return port;
  throw new RangeError(`${variable} is "${text}"; give a port number such as ${fallback}`);
}
