import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import type { Ports } from "./ports.ts";
import { explainListenError } from "./supervised.ts";

const variables: Readonly<Record<keyof Ports, string>> = {
  desk: "PORT",
  exchange: "EXCHANGE_PORT",
  traces: "TRACES_PORT",
  deskMetrics: "METRICS_PORT",
  exchangeMetrics: "EXCHANGE_METRICS_PORT",
};

/** Says at once which port is taken, before anything has been started. */
export async function checkPortsAreFree(ports: Ports): Promise<void> {
  for (const name of Object.keys(variables) as (keyof Ports)[]) {
    const port = ports[name];
    await listenOnce(port).catch((error: NodeJS.ErrnoException) => {
      throw new Error(explainListenError(error, { port, variable: variables[name] }));
    });
  }
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
