/** Series such as operations have them, with faults put in whose place is known. All by a seed. */
import type { BaselineSample } from "@telltale/alerting";

export interface Fault {
  readonly kind: FaultKind;
  readonly startMs: number;
  readonly endMs: number;
}

export interface LabelledSeries {
  readonly shape: Shape;
  readonly samples: readonly BaselineSample[];
  readonly faults: readonly Fault[];
  readonly intervalMs: number;
}

export type Shape = keyof typeof SHAPES;
export type FaultKind = keyof typeof FAULTS;

type Random = () => number;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A Monday. */
const START_MS = Date.UTC(2026, 0, 5);

/** What is usual: the value at a time, and how much one sample strays from it. */
const SHAPES = {
  constant: () => ({ at: () => 40, noise: () => 0, unit: 4 }),
  noise: (random: Random) => ({ at: () => 100, noise: () => 5 * normal(random), unit: 5 }),
  "daily season": (random: Random) => ({
    at: (t: number) => 100 + 60 * daily(t),
    noise: () => 4 * normal(random),
    unit: 4,
  }),
  "weekly season": (random: Random) => ({
    at: (t: number) => 30 + (isWeekend(t) ? 15 : 90) * (1 + daily(t)),
    noise: () => 5 * normal(random),
    unit: 5,
  }),
  "season with volatile hours": (random: Random) => ({
    at: (t: number) => 50 + 20 * daily(t),
    noise: (t: number) => (Math.floor((t % DAY) / HOUR) === 9 ? 12 : 2) * normal(random),
    unit: 4,
  }),
  trend: (random: Random) => ({
    at: (t: number) => 20 + ((t - START_MS) / DAY) * 3,
    noise: () => 1.5 * normal(random),
    unit: 1.5,
  }),
  "growing season": (random: Random) => ({
    at: (t: number) => (100 + 60 * daily(t)) * (1 + (t - START_MS) / (60 * DAY)),
    noise: () => 5 * normal(random),
    unit: 5,
  }),
  // Neither a day nor a week, as a queue that fills and is emptied has it.
  "slow wave": (random: Random) => ({
    at: (t: number) => 100 + 60 * Math.sin((t / (61 * HOUR)) * 2 * Math.PI),
    noise: () => 4 * normal(random),
    unit: 4,
  }),
  "random walk": (random: Random) => {
    let level = 100;
    return {
      at: () => {
        level += 0.8 * normal(random) + (100 - level) / 300;
        return level;
      },
      noise: () => 0.8 * normal(random),
      unit: 1.4,
    };
  },
  "heavy tails": (random: Random) => ({
    at: () => 30,
    noise: () => 10 * Math.exp(0.6 * normal(random)),
    unit: 9,
  }),
  "nightly job": (random: Random) => ({
    // Not to the minute, so that it is no season of five minutes.
    at: (t: number) => {
      const start = 2 * HOUR + ((Math.floor(t / DAY) * 7919) % 50) * 60_000;
      return t % DAY >= start && t % DAY < start + 15 * 60_000 ? 80 : 20;
    },
    noise: () => 1.5 * normal(random),
    unit: 9,
  }),
  "rare errors": (random: Random) => ({
    at: () => 0,
    noise: () => (random() < 0.02 ? 1 + Math.floor(2 * random()) : 0),
    unit: 2,
  }),
} as const satisfies Record<string, (random: Random) => Normality>;

interface Normality {
  at(timeMs: number): number;
  noise(timeMs: number): number;
  /** What a fault is measured in. */
  readonly unit: number;
}

/** What goes wrong: how long, and what the value is then. `progress` is 0 to 1 in the fault. */
const FAULTS = {
  spike: { hours: 0.2, value: (usual, { unit, sign }) => usual + sign * 12 * unit },
  "level shift": { hours: 30, value: (usual, { unit, sign }) => usual + sign * 10 * unit },
  "short outage": { hours: 2, value: () => 0 },
  "wider noise": { hours: 3, value: (usual, { unit, random }) => usual + 6 * unit * normal(random) },
  "season stays away": { hours: 10, value: (_, { unit, random, held }) => held + 0.5 * unit * normal(random) },
  "slow leak": { hours: 24, value: (usual, { unit, progress }) => usual + 30 * unit * progress },
  "stuck value": { hours: 12, value: (_, { held }) => held },
} as const satisfies Record<string, FaultShape>;

interface FaultShape {
  readonly hours: number;
  value(usual: number, fault: FaultPoint): number;
}

interface FaultPoint {
  readonly unit: number;
  readonly sign: number;
  readonly progress: number;
  /** The value at its beginning. */
  readonly held: number;
  readonly random: Random;
}

export const shapes = Object.keys(SHAPES) as Shape[];
export const faultKinds = Object.keys(FAULTS) as FaultKind[];

/** What each shape cannot show, as the fault looks like the shape. */
const SENSELESS: Partial<Record<Shape, readonly FaultKind[]>> = {
  constant: ["season stays away", "stuck value"],
  noise: ["season stays away"],
  trend: ["season stays away", "slow leak"],
  "slow wave": ["season stays away", "slow leak"],
  "random walk": ["season stays away", "slow leak"],
  "heavy tails": ["season stays away", "slow leak", "wider noise"],
  "nightly job": ["season stays away", "short outage"],
  "rare errors": ["season stays away", "stuck value", "short outage", "slow leak", "wider noise"],
};

/** Four weeks of a shape with some faults after the first nine days, and with a gap in one of three series. */
export function labelledSeries(
  shape: Shape,
  { seed, intervalMs }: { seed: number; intervalMs: number },
): LabelledSeries {
  const random = randomBy(seed);
  const normality: Normality = SHAPES[shape](random);
  const senseless = SENSELESS[shape] ?? [];
  const kinds = faultKinds.filter((kind) => !senseless.includes(kind));
  const faults = [10, 14.5, 18, 22, 25].map((day): Fault & { readonly sign: number } => {
    const kind = kinds[Math.floor(random() * kinds.length)]!;
    const startMs = START_MS + (day + random()) * DAY;
    return {
      kind,
      startMs,
      // One sample is in it at least.
      endMs: startMs + Math.max(FAULTS[kind].hours * HOUR, intervalMs),
      sign: shape === "rare errors" || random() < 0.6 ? 1 : -1,
    };
  });
  const gap = random() < 0.33 ? START_MS + (12 + random()) * DAY : Number.POSITIVE_INFINITY;
  const samples: BaselineSample[] = [];
  let held = 0;
  let current: Fault | undefined;
  for (let timeMs = START_MS; timeMs < START_MS + 28 * DAY; timeMs += intervalMs) {
    const usual = normality.at(timeMs) + normality.noise(timeMs);
    const fault = faults.find(({ startMs, endMs }) => timeMs >= startMs && timeMs < endMs);
    if (fault !== current) held = usual;
    current = fault;
    if (timeMs >= gap && timeMs < gap + 3 * HOUR) continue;
    if (random() < 0.002) continue;
    const progress = fault === undefined ? 0 : (timeMs - fault.startMs) / (fault.endMs - fault.startMs);
    const point = { unit: normality.unit, sign: fault?.sign ?? 1, progress, held, random };
    samples.push({ timeMs, value: fault === undefined ? usual : FAULTS[fault.kind].value(usual, point) });
  }
  return { shape, samples, faults, intervalMs };
}

function daily(timeMs: number): number {
  return Math.sin(((timeMs % DAY) / DAY) * 2 * Math.PI - 2);
}

function isWeekend(timeMs: number): boolean {
  return [0, 6].includes(new Date(timeMs).getUTCDay());
}

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** mulberry32 */
function randomBy(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
