import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import type { Ports } from "./ports.ts";
import { explainListenError, portInUse } from "./supervised.ts";

const variables: Readonly<Record<keyof Ports, string>> = {
  desk: "PORT",
  exchange: "EXCHANGE_PORT",
  traces: "TRACES_PORT",
  deskMetrics: "METRICS_PORT",
  exchangeMetrics: "EXCHANGE_METRICS_PORT",
};

/** Ports of a group follow one another unless they are moved one by one. */
const groups = [
  { variable: "PORT", names: ["desk", "exchange", "traces"] },
  { variable: "METRICS_PORT", names: ["deskMetrics", "exchangeMetrics"] },
] as const;

/** Says at once which ports are taken, before anything has been started. */
export async function checkPortsAreFree(ports: Ports): Promise<void> {
  const taken: (keyof Ports)[] = [];
  for (const name of Object.keys(variables) as (keyof Ports)[]) {
    const port = ports[name];
    await listenOnce(port).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EADDRINUSE") throw new Error(explainListenError(error, { port, variable: variables[name] }));
      taken.push(name);
    });
  }
  const [first] = taken;
  if (first === undefined) return;
  if (taken.length === 1) throw new Error(portInUse({ port: ports[first], variable: variables[first] }));
  throw new Error(portsInUse(taken, ports));
}

/** What may be another trading desk: one command that moves all that is in its way. */
function portsInUse(taken: readonly (keyof Ports)[], ports: Ports): string {
  const moved = groups
    .filter(({ names }) => names.some((name) => taken.includes(name)))
    .map(({ variable, names }) => `${variable}=${ports[names[0]] + 1000}`);
  const numbers = taken.map((name) => ports[name]).join(", ");
  return (
    `Ports ${numbers} are in use by other programs, such as another trading desk. ` +
    `End them, or choose other ports: ${moved.join(" ")} npm start`
  );
}

/** A port that nobody listens on now. */
export function freePort(): Promise<number> {
  return listenOnce(0);
}

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const { port: bound } = server.address() as AddressInfo;
      server.close(() => resolve(bound));
    });
  });
}
