/** A simulator as a program: its numbers on a page for Prometheus, its summary at the end. */
import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { failInALine, numberOption } from "../command-line.ts";
import type { FaultDescription, SimulateOptions } from "./simulation.ts";

const MINUTE_MS = 60_000;
/** Simulated. */
const FAULT_SEEN_AT_MS = MINUTE_MS;

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
  run(simulator).catch(failInALine);
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
  const settings = {
    seed: numberOption("seed", values.seed),
    speed: numberOption("speed", values.speed),
    durationMs: numberOption("minutes", values.minutes) * MINUTE_MS,
    faults: knownFaults(simulator, values.fault),
  };
  // Imported here, so that a test of the simulator brings an SDK of its own.
  const { bootstrap } = await import("telltale");
  const telemetry = bootstrap({
    service: { name: `${simulator.name}-simulator` },
    tracing: false,
    logging: { sinks: [] },
    metrics: { prometheus: { port: numberOption("port", values.port) } },
    instrumentations: {},
  });
  const abort = new AbortController();
  process.once("SIGINT", () => abort.abort());
  if (!values.json) console.log(beginning(simulator, { ...settings, url: telemetry.prometheusUrl ?? "" }));
  const summary = await simulator.simulate({
    ...settings,
    // Here a fault begins soon: somebody is watching.
    faults: settings.faults.map((name) => ({ name, atMs: FAULT_SEEN_AT_MS })),
    signal: abort.signal,
    // Often enough to look alive.
    tickMs: 1_000,
  });
  console.log(values.json ? JSON.stringify(summary) : linesOf(summary));
  await telemetry.shutdown();
}

/** Before anything is started, so that a wrong word leaves no half of an output. */
function knownFaults<Fault extends string>({ faults }: Simulator<Fault>, names: readonly string[]): readonly Fault[] {
  const unknown = names.find((name) => !Object.hasOwn(faults, name));
  if (unknown === undefined) return names as readonly Fault[];
  throw new TypeError(`there is no fault "${unknown}"; there are ${Object.keys(faults).join(", ")}`);
}

function beginning<Fault extends string>(
  { description, faults: known }: Simulator<Fault>,
  {
    durationMs,
    speed,
    faults,
    url,
  }: { readonly durationMs: number; readonly speed: number; readonly faults: readonly Fault[]; readonly url: string },
): string {
  const seconds = Math.round(FAULT_SEEN_AT_MS / 1_000 / speed);
  return [
    `${description}\n`,
    `metrics  ${url}`,
    `ends     after ${durationMs / MINUTE_MS} simulated minutes ${speed === Number.POSITIVE_INFINITY ? "as fast as it can" : `at ${speed} times the speed`}, or by Ctrl-C`,
    ...faults.map((name) => `fault    in ${seconds} s: ${known[name].description}`),
    "",
  ].join("\n");
}

function helpOf({ name, description, faults }: Omit<Simulator<string>, "simulate">): string {
  const width = Math.max(...Object.keys(faults).map(({ length }) => length));
  const described = Object.entries(faults).map(([fault, one]) => `  ${fault.padEnd(width)}  ${one.description}`);
  return [
    `${description}\n`,
    `npm run example ${name} -- [options]\n`,
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
    .map(([key, value]) => `${key.padEnd(24)} ${wordOf(value)}`)
    .join("\n");
}

function wordOf(value: unknown): string {
  if (value === undefined) return "none";
  if (typeof value === "number") return String(Number(value.toPrecision(8)));
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
