import { diag } from "@opentelemetry/api";
import { histogram } from "@telltale/metrics";
import { catalogue } from "../catalogue.ts";
import { observedGroup, runtimeScope } from "../observed-group.ts";
import { type BackgroundCheck, backgroundCheck } from "./background-check.ts";
import { recordChange } from "./change-span.ts";
import type { CheckStatus, HealthCheck, HealthCheckOptions, HealthState } from "./health-check.ts";

export interface HealthOptions {
  /**
   * Whether the process is ready by itself, as soon as every critical check has answered; `manual` waits for `started()`.
   * @default "auto"
   */
  readonly start?: "auto" | "manual";
}

/** All checks together. */
export interface HealthStatus {
  /** Unhealthy when a critical check is, degraded when any other is not well. */
  readonly state: HealthState;
  /** Whether work may come: started, not ending, and no critical check unhealthy. */
  readonly ready: boolean;
  /** False when a check of liveness is unhealthy: only a restart helps. */
  readonly live: boolean;
  readonly phase: "starting" | "running" | "stopping";
  readonly checks: readonly CheckStatus[];
}

/** Health of a process: checks that are asked in the background, and what they say together. */
export interface Health extends Disposable {
  /**
   * Asks `check` from now on. Registering a name again replaces its check.
   * @throws TypeError with code TELLTALE_BAD_HEALTH_CHECK
   */
  register(name: string, check: HealthCheck, options?: HealthCheckOptions): Disposable;
  status(): HealthStatus;
  /** Asks all checks now. */
  checkNow(): Promise<HealthStatus>;
  /** Tells whenever a check changes its state. */
  onChange(listener: (now: CheckStatus, before: CheckStatus) => void): Disposable;
  /** The application can take work: for `start: "manual"`. */
  started(): void;
  /** The application ends: not ready from now on. `bootstrap()` calls it at the first SIGTERM or SIGINT. */
  stopping(): void;
}

const defaults: Required<HealthCheckOptions> = {
  critical: true,
  liveness: false,
  intervalMs: 10_000,
  timeoutMs: 5_000,
  dependsOn: [],
};

/** Makes the health of this process, and reports each check as a metric. */
export function createHealth({ start = "auto" }: HealthOptions = {}): Health {
  const checks = new Map<string, RegisteredCheck>();
  const listeners = new Set<(now: CheckStatus, before: CheckStatus) => void>();
  let hasStarted = false;
  let isStopping = false;

  function status(): HealthStatus {
    const all = Array.from(checks.values(), ({ running }) => running.status);
    const critical = all.filter((check) => check.critical);
    if (start === "auto" && critical.every(({ state }) => state !== "pending")) hasStarted = true;
    const isUnhealthy = critical.some((check) => check.state === "unhealthy");
    const isDegraded = all.some((check) => check.state === "degraded" || check.state === "unhealthy");
    return {
      state: isUnhealthy ? "unhealthy" : isDegraded ? "degraded" : "healthy",
      ready: hasStarted && !isStopping && !isUnhealthy && critical.every((check) => check.state !== "pending"),
      live: !all.some((check) => check.liveness && check.state === "unhealthy"),
      phase: isStopping ? "stopping" : hasStarted ? "running" : "starting",
      checks: all,
    };
  }

  const group = observedGroup();
  group.upDownCounter(catalogue.healthCheck, (observe) => {
    for (const { name, state } of status().checks) {
      if (state === "pending") continue;
      for (const one of ["healthy", "degraded", "unhealthy"] as const) {
        observe(state === one ? 1 : 0, { "telltale.check": name, "telltale.health.state": one });
      }
    }
  });
  group.upDownCounter(catalogue.ready, (observe) => observe(status().ready ? 1 : 0));
  const duration = histogram({ ...catalogue.healthCheckDuration, scope: runtimeScope });

  function onAnswer(now: CheckStatus, before: CheckStatus): void {
    if (now.latencyMs !== undefined) duration.record(now.latencyMs / 1_000, { "telltale.check": now.name });
    if (now.state === before.state) return;
    // A span has processors, which may be the application's own.
    for (const listener of [recordChange, ...listeners]) {
      try {
        listener(now, before);
      } catch (error) {
        diag.error("telltale: a listener of the health threw", error);
      }
    }
  }

  return {
    register: (name, check, given = {}) => {
      const options = { ...defaults, ...given };
      verify(name, options, checks);
      checks.get(name)?.running[Symbol.dispose]();
      const running = backgroundCheck({
        ...options,
        name,
        check,
        onAnswer,
        blockedBy: () => blocker(options.dependsOn, checks),
        dependencies: () => Promise.all(options.dependsOn.map((other) => checks.get(other)?.running.settled())),
      });
      checks.set(name, { running, dependsOn: options.dependsOn });
      void running.run();
      return {
        [Symbol.dispose]: () => {
          running[Symbol.dispose]();
          if (checks.get(name)?.running === running) checks.delete(name);
        },
      };
    },
    status,
    checkNow: async () => {
      // In the order of registration: what a check depends on has begun before it.
      await Promise.all(Array.from(checks.values(), ({ running }) => running.run()));
      return status();
    },
    onChange: (listener) => {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    started: () => {
      hasStarted = true;
    },
    stopping: () => {
      isStopping = true;
    },
    [Symbol.dispose]: () => {
      for (const { running } of checks.values()) running[Symbol.dispose]();
      checks.clear();
      listeners.clear();
      group[Symbol.dispose]();
    },
  };
}

interface RegisteredCheck {
  readonly running: BackgroundCheck;
  readonly dependsOn: readonly string[];
}

function blocker(dependsOn: readonly string[], checks: ReadonlyMap<string, RegisteredCheck>): string | undefined {
  const name = dependsOn.find((one) => checks.get(one)?.running.status.state === "unhealthy");
  return name === undefined ? undefined : `needs ${name}, which is unhealthy`;
}

function verify(
  name: string,
  { intervalMs, timeoutMs, dependsOn }: Required<HealthCheckOptions>,
  checks: ReadonlyMap<string, RegisteredCheck>,
): void {
  if (!/^[\w.:-]{1,100}$/.test(name)) {
    throw badCheck(
      `The name ${JSON.stringify(name)} of a health check cannot stand in a URL; give letters, digits and _ . : -`,
    );
  }
  for (const [option, value] of Object.entries({ intervalMs, timeoutMs })) {
    if (Number.isFinite(value) && value > 0 && value < 2 ** 31) continue;
    throw badCheck(
      `${option} of the health check "${name}" is ${String(value)}; give a number of milliseconds above 0`,
    );
  }
  for (const other of dependsOn) {
    if (leadsTo(other, name, checks)) {
      throw badCheck(`The health checks "${name}" and "${other}" would depend on each other; leave one of them out`);
    }
    if (checks.has(other)) continue;
    throw badCheck(`The health check "${name}" depends on "${other}", which there is not; register that one before`);
  }
}

function leadsTo(from: string, to: string, checks: ReadonlyMap<string, RegisteredCheck>): boolean {
  return from === to || (checks.get(from)?.dependsOn ?? []).some((other) => leadsTo(other, to, checks));
}

function badCheck(message: string): TypeError {
  return Object.assign(new TypeError(message), { code: "TELLTALE_BAD_HEALTH_CHECK" });
}
