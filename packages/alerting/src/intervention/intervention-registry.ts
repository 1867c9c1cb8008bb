/** Code that alerting may run, in the thread of the application. */
import { type Clock, wallClock } from "../clock.ts";
import { didYouMean } from "../near-name.ts";
import type { InterventionAlert, InterventionOutcome, InterventionRequest } from "./intervention-request.ts";

/** What the code of an intervention gets. */
export interface InterventionContext {
  readonly alert: InterventionAlert;
  readonly incidentId: string;
  /** Aborted when its time is over: nobody waits for the outcome any more. */
  readonly signal: AbortSignal;
}

/** What it returns is written into the history of the incident. */
export type InterventionCode = (context: InterventionContext) => unknown;

export interface InterventionCodeOptions {
  /** Says what would be done, for a dry run. @default the name */
  readonly describe?: (context: InterventionContext) => unknown;
}

interface Registered extends InterventionCodeOptions {
  readonly run: InterventionCode;
}

const registered = new Map<string, Registered>();

/** What is written of an outcome, at most. */
const MAX_TEXT = 500;

/**
 * Registers code by the name that `interventions` of telltale.alerting.yaml has for it. Disposing of what it returns takes it back.
 * @throws TypeError for a name that is none or taken
 */
export function intervention(name: string, run: InterventionCode, options: InterventionCodeOptions = {}): Disposable {
  if (typeof name !== "string" || name.trim() === "" || typeof run !== "function") {
    const message = `intervention(${JSON.stringify(name)}, …): give a name and a function, such as ("halt-trading", () => desk.halt())`;
    throw Object.assign(new TypeError(message), { code: "TELLTALE_BAD_INTERVENTION" });
  }
  if (registered.has(name)) {
    const message = `intervention("${name}", …) is registered already; give another name, or dispose of the first one`;
    throw Object.assign(new TypeError(message), { code: "TELLTALE_BAD_INTERVENTION" });
  }
  const one: Registered = { ...options, run };
  registered.set(name, one);
  return {
    [Symbol.dispose]() {
      if (registered.get(name) === one) registered.delete(name);
    },
  };
}

/** Runs registered code, or asks what it would do. It never rejects: what goes wrong is an outcome. */
export async function runIntervention(
  request: InterventionRequest,
  { clock = wallClock }: { readonly clock?: Clock } = {},
): Promise<InterventionOutcome> {
  const { name, dryRun, alert, incidentId, timeoutMs } = request;
  const code = registered.get(name);
  if (code === undefined) {
    const hint = didYouMean(name, registered.keys());
    return {
      outcome: "not_registered",
      text: `no code is registered as "${name}"${hint}; call intervention("${name}", …)`,
    };
  }
  if (dryRun && code.describe === undefined) return { outcome: "would_run", text: "" };
  const late = new AbortController();
  const context = { alert, incidentId, signal: late.signal };
  return await new Promise((resolve) => {
    const timer = clock.at(clock.now() + timeoutMs, () => {
      late.abort(new Error(`not done in ${timeoutMs} ms`));
      resolve({ outcome: "timed_out", text: `not done in ${timeoutMs} ms` });
    });
    const settle = (outcome: InterventionOutcome["outcome"], text: unknown) => {
      timer[Symbol.dispose]();
      resolve({ outcome, text: described(text) });
    };
    const work = async () => await (dryRun ? code.describe!(context) : code.run(context));
    work().then(
      (result) => settle(dryRun ? "would_run" : "done", result),
      (error: unknown) => settle("failed", error instanceof Error ? error.message : error),
    );
  });
}

function described(result: unknown): string {
  if (result === undefined || result === null) return "";
  try {
    return (typeof result === "string" ? result : (JSON.stringify(result) ?? "")).slice(0, MAX_TEXT);
  } catch {
    return "its result cannot be written down";
  }
}
