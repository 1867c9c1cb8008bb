import { diag, type TracerProvider } from "@opentelemetry/api";
import type { Divergence } from "./divergence.ts";

/** Of every run; `training()` takes them for one run, the instrumentation for all. */
export interface MlOptions {
  /** Whether a run, its validations and its federated rounds are spans. @default true */
  readonly spans?: boolean;
  /** Tells of a loss that stays finite and rises: smoothed, above this many times its lowest. @default none */
  readonly risingLossFactor?: number;
  /** A run has diverged. Told once, until a step of it is well again. What it throws is told to `diag`. */
  readonly onDivergence?: (divergence: Divergence) => void;
  /** @default the global one */
  readonly tracerProvider?: TracerProvider;
  /** Monotonic, in milliseconds. @default performance.now */
  readonly now?: () => number;
}

export interface MlSettings {
  readonly spans: boolean;
  readonly risingLossFactor: number;
  readonly onDivergence: ((divergence: Divergence) => void) | undefined;
  readonly tracerProvider: TracerProvider | undefined;
  readonly now: () => number;
}

const optionNames = ["spans", "risingLossFactor", "onDivergence", "tracerProvider", "now"];

/** The options of the instrumentation, which runs that start from now on have. */
let shared: MlOptions = {};
let provider: TracerProvider | undefined;

/** @throws TypeError with code TELLTALE_BAD_ML_OPTION */
export function configureMl(options: MlOptions): void {
  mlSettings(options);
  shared = options;
}

/** Runs that start from now on have their spans there, unless they are given a provider of their own. */
export function traceMlWith(tracerProvider: TracerProvider): void {
  provider = tracerProvider;
}

/** @throws TypeError with code TELLTALE_BAD_ML_OPTION */
export function mlSettings(options: MlOptions): MlSettings {
  for (const name of Object.keys(options)) {
    if (!optionNames.includes(name)) throw badOption(`${name} is not an option; there are ${optionNames.join(", ")}`);
  }
  const {
    spans = true,
    risingLossFactor = Number.POSITIVE_INFINITY,
    onDivergence,
    tracerProvider = provider,
    now = () => performance.now(),
  } = { ...shared, ...options };
  if (typeof spans !== "boolean") throw badOption(`spans is ${JSON.stringify(spans)}; give true or false`);
  if (typeof risingLossFactor !== "number" || !(risingLossFactor > 1)) {
    throw badOption(`risingLossFactor is ${JSON.stringify(risingLossFactor)}; give a number above 1, such as 3`);
  }
  if (onDivergence !== undefined && typeof onDivergence !== "function") {
    throw badOption(`onDivergence is of type ${typeof onDivergence}; give a function`);
  }
  return { spans, risingLossFactor, onDivergence, tracerProvider, now };
}

/** @throws TypeError with code TELLTALE_BAD_ML_OPTION */
export function modelName(model: unknown): string {
  if (typeof model === "string" && model !== "") return model;
  throw badOption(`model is ${JSON.stringify(model)}; give a name, such as "vain-lm"`);
}

export function badOption(message: string): TypeError {
  return Object.assign(new TypeError(`ml.${message}`), { code: "TELLTALE_BAD_ML_OPTION" });
}

/** Calls what the application gave; what that throws stays here. */
export function callSafely(name: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    diag.error(`telltale: ml: the function ${name} threw`, error);
  }
}
