/** What all simulators have in common: README.md beside this. */

import { type SeededRandom, seededRandom } from "./seeded-random.ts";
import { SimulatedClock } from "./simulated-clock.ts";

export interface SimulateOptions<Fault extends string> {
  /** The same seed gives the same run. @default 1 */
  readonly seed?: number;
  /** Simulated seconds in a second. @default Infinity, as fast as it can */
  readonly speed?: number;
  /** Simulated. @default one hour */
  readonly durationMs?: number;
  readonly signal?: AbortSignal;
  /** What goes wrong; a name alone begins after `FAULT_AT_MS` and stays. @default nothing */
  readonly faults?: readonly (Fault | InjectedFault<Fault>)[];
  /** @default one of its own */
  readonly clock?: SimulatedClock;
  /** @default 15000 */
  readonly tickMs?: number;
  /** Called each `tickMs` of simulated time, and awaited: the moment to collect. */
  readonly onTick?: (simulatedMs: number) => void | Promise<void>;
}

export interface InjectedFault<Fault extends string> {
  readonly name: Fault;
  /** Simulated, from the start of the run. @default FAULT_AT_MS */
  readonly atMs?: number;
  /** @default to the end */
  readonly forMs?: number;
}

/** What a fault is, and what is to be seen of it. */
export interface FaultDescription {
  readonly description: string;
  /** The rules in deploy/alerts that have to fire, and no others. */
  readonly alerts: readonly string[];
  /** How long after its beginning the last of them is due, in simulated milliseconds. */
  readonly dueMs: number;
}

/** When a fault begins that says nothing else: rates over minutes are settled by then. */
export const FAULT_AT_MS = 20 * 60_000;

const HOUR_MS = 3_600_000;

/** What a simulator builds its world with. */
export interface Simulation<Fault extends string> {
  readonly clock: SimulatedClock;
  readonly random: SeededRandom;
  /** Whether this fault is there now. */
  has(fault: Fault): boolean;
  /** Lets time pass, until the end or until it is aborted. */
  run(): Promise<void>;
}

/** @throws TypeError with code TELLTALE_BAD_FAULT */
export function simulation<Fault extends string>(
  options: SimulateOptions<Fault>,
  known: Readonly<Record<Fault, FaultDescription>>,
): Simulation<Fault> {
  const { seed = 1, durationMs = HOUR_MS, clock = new SimulatedClock(), speed, signal, tickMs, onTick } = options;
  const startMs = clock.now();
  const windows = (options.faults ?? []).map((fault) => {
    const { name, atMs = FAULT_AT_MS, forMs = Infinity } = typeof fault === "string" ? { name: fault } : fault;
    if (!Object.hasOwn(known, name)) throw badFault(name, Object.keys(known));
    return { name, fromMs: startMs + atMs, toMs: startMs + atMs + forMs };
  });
  return {
    clock,
    random: seededRandom(seed),
    has: (fault) => {
      const now = clock.now();
      return windows.some(({ name, fromMs, toMs }) => name === fault && now >= fromMs && now < toMs);
    },
    run: () =>
      clock.run({
        durationMs,
        ...(speed !== undefined && { speed }),
        ...(signal !== undefined && { signal }),
        ...(tickMs !== undefined && { tickMs }),
        ...(onTick !== undefined && { onTick }),
      }),
  };
}

function badFault(name: string, known: readonly string[]): TypeError {
  return Object.assign(new TypeError(`there is no fault "${name}"; there are ${known.join(", ")}`), {
    code: "TELLTALE_BAD_FAULT",
  });
}
