/** A simulator as a program: its numbers on a page for Prometheus, its summary at the end. */
import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { FaultDescription, SimulateOptions } from "./simulation.ts";

export interface Simulator<Fault extends string> {
  /** "market" */
  readonly name: string;
  readonly description: string;
  readonly faults: Readonly<Record<Fault, FaultDescription>>;
  readonly simulate: (options: SimulateOptions<Fault>) => Promise<object>;
}

/** Runs it when `moduleUrl`, the `import.meta.url` of the simulator, is what Node was started with. */
export function runDirectly<Fault extends string>(moduleUrl: string, simulator: Simulator<Fault>): void {
  const [, script = ""] = process.argv;
  if (script === "" || realpathSync(script) !== fileURLToPath(moduleUrl)) return;
  run(simulator).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}

async function run<Fault extends string>(simulator: Simulator<Fault>): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: "string", default: "1" },
      speed: { type: "string", default: "1" },
      minutes: { type: "string", default: "60" },
      fault: { type: "string", multiple: true, default: [] },
      port: { type: "string", default: "9464" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(helpOf(simulator));
    return;
  }
  // Imported here, so that a test of the simulator brings an SDK of its own.
  const { bootstrap } = await import("telltale");
  const telemetry = bootstrap({
    service: { name: `${simulator.name}-simulator` },
    tracing: false,
    logging: { sinks: [] },
    metrics: { prometheus: { port: numberOf("port", values.port) } },
    instrumentations: {},
  });
  const abort = new AbortController();
  process.once("SIGINT", () => abort.abort());
  if (!values.json) console.log(`${simulator.name}: metrics at ${telemetry.prometheusUrl}`);
  const summary = await simulator.simulate({
    seed: numberOf("seed", values.seed),
    speed: numberOf("speed", values.speed),
    durationMs: numberOf("minutes", values.minutes) * 60_000,
    // Here a fault begins soon: somebody is watching.
    faults: values.fault.map((name) => ({ name: name as Fault, atMs: 60_000 })),
    signal: abort.signal,
    // Often enough to look alive.
    tickMs: 1_000,
  });
  console.log(values.json ? JSON.stringify(summary) : linesOf(summary));
  await telemetry.shutdown();
}

function numberOf(name: string, text: string): number {
  const number = Number(text);
  if (text !== "" && number >= 0) return number;
  throw new TypeError(`--${name} is "${text}"; give a number from 0`);
}

function helpOf({ name, description, faults }: Omit<Simulator<string>, "simulate">): string {
  const width = Math.max(...Object.keys(faults).map(({ length }) => length));
  const described = Object.entries(faults).map(([fault, one]) => `  ${fault.padEnd(width)}  ${one.description}`);
  return [
    `${description}\n`,
    `node --conditions=telltale-source examples/simulators/${name}.ts [options]\n`,
    "  --seed <number>    the same seed gives the same run (1)",
    "  --speed <number>   simulated seconds in a second (1); Infinity is as fast as it can",
    "  --minutes <number> simulated minutes (60)",
    "  --fault <name>     what goes wrong, after a simulated minute; may be given more than once",
    "  --port <number>    of the page for Prometheus (9464); 0 is any that is free",
    "  --json             the summary as JSON, and nothing else",
    "\nFaults:",
    ...described,
  ].join("\n");
}

function linesOf(summary: object): string {
  return Object.entries(summary)
    .map(([key, value]) => `${key.padEnd(24)} ${typeof value === "object" ? JSON.stringify(value) : value}`)
    .join("\n");
}
