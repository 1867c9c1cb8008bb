import { expressionParts } from "./expression-parts.ts";
import type { FoundRules } from "./find-rule.ts";
import type { RuleTrial, TriedAlert, TriedRule, TriedSeries } from "./rule-trial.ts";

/** How long a server may take to answer. */
const TIMEOUT_MS = 30_000;
/** As far apart as a server's evaluations mostly are. */
const STEP_MS = 15_000;
/** Prometheus: a query has at most 11,000 steps. */
const MAX_STEPS = 10_000;

type Headers = Readonly<Record<string, string>>;

/** Whether a Prometheus server, or what speaks as one, answers there. */
export async function isServer(url: string, headers: Headers): Promise<boolean> {
  try {
    await ask(url, "query", { query: "1" }, headers);
    return true;
  } catch {
    return false;
  }
}

/** Asks a Prometheus server what rules would do now. What they say of `for`, it knows of the past. */
export async function tryOnServer(
  { tried, all }: FoundRules,
  url: string,
  headers: Headers,
): Promise<readonly RuleTrial[]> {
  const recorded = new Set(all.flatMap(({ kind, name }) => (kind === "recording" ? [name] : [])));
  const trials: RuleTrial[] = [];
  for (const one of tried) trials.push(await tryRule(one, recorded));
  return trials;

  async function tryRule({ file, rule }: TriedRule, recorded: ReadonlySet<string>): Promise<RuleTrial> {
    const nowMs = Date.now();
    const time = String(nowMs / 1_000);
    const now = await instant(rule.query, time);
    const alerts = await activeSince({ query: rule.query, forMs: rule.forMs, nowMs, now });
    const parts = [];
    for (const part of expressionParts(rule.expression))
      parts.push({ ...part, series: await instant(part.query, time) });
    const missing = parts.filter(({ query, series }) => series.length === 0 && recorded.has(query));
    const notes = missing.map(
      ({ query }) => `${query} is recorded by these files, and the server has no such series: are they loaded there?`,
    );
    const own = await instant(`ALERTS{alertname=${JSON.stringify(rule.name)}}`, time);
    if (own.length > 0) {
      const states = own.map(({ labels }) => labels["alertstate"]);
      notes.push(`the server's own rule of this name: ${counted(states, "firing")}, ${counted(states, "pending")}`);
    }
    return { file, rule, alerts, parts, from: url, notes };
  }

  async function instant(query: string, time: string): Promise<readonly TriedSeries[]> {
    const { resultType, result } = await ask(url, "query", { query, time }, headers);
    if (resultType === "scalar") return [{ labels: {}, value: Number((result as Point)[1]) }];
    if (resultType !== "vector") return [];
    return (result as readonly VectorSeries[]).map(({ metric, value, histogram }) => ({
      labels: metric,
      value: Number(value?.[1] ?? histogram?.[1].count),
    }));
  }

  async function activeSince(options: {
    readonly query: string;
    readonly forMs: number;
    readonly nowMs: number;
    readonly now: readonly TriedSeries[];
  }): Promise<readonly TriedAlert[]> {
    const { query, forMs, nowMs, now } = options;
    if (forMs === 0 || now.length === 0) return now.map((one) => ({ ...one, state: "firing", activeMs: 0 }));
    const stepMs = Math.max(Math.min(STEP_MS, forMs), Math.ceil(forMs / MAX_STEPS));
    const steps = Math.ceil(forMs / stepMs);
    const range = {
      query,
      start: String((nowMs - steps * stepMs) / 1_000),
      end: String(nowMs / 1_000),
      step: String(stepMs / 1_000),
    };
    const { result } = await ask(url, "query_range", range, headers);
    const times = new Map(
      (result as readonly MatrixSeries[]).map(({ metric, values = [], histograms = [] }) => [
        keyOf(metric),
        new Set([...values, ...histograms].map(([at]) => Math.round((nowMs - at * 1_000) / stepMs))),
      ]),
    );
    return now.map((one) => {
      const there = times.get(keyOf(one.labels));
      let held = 0;
      while (held < steps && there?.has(held + 1)) held++;
      const activeMs = held * stepMs;
      return { ...one, state: activeMs >= forMs ? "firing" : "pending", activeMs };
    });
  }
}

type Point = readonly [number, string];

interface VectorSeries {
  readonly metric: Record<string, string>;
  readonly value?: Point;
  readonly histogram?: readonly [number, { readonly count: string }];
}

interface MatrixSeries {
  readonly metric: Record<string, string>;
  readonly values?: readonly Point[];
  readonly histograms?: readonly (readonly [number, unknown])[];
}

interface Answer {
  readonly status?: string;
  readonly error?: string;
  readonly data?: { readonly resultType: string; readonly result: unknown };
}

async function ask(
  url: string,
  path: "query" | "query_range",
  parameters: Readonly<Record<string, string>>,
  headers: Headers,
): Promise<{ readonly resultType: string; readonly result: unknown }> {
  const address = new URL(`api/v1/${path}`, url.endsWith("/") ? url : `${url}/`);
  const response = await fetch(address, {
    method: "POST",
    headers,
    body: new URLSearchParams(parameters),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const answer = (await response.json().catch(() => ({}))) as Answer;
  if (answer.status === "success" && answer.data !== undefined) return answer.data;
  throw new Error(`${address} answers ${response.status}${answer.error === undefined ? "" : `: ${answer.error}`}`);
}

function keyOf(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).sort());
}

function counted(states: readonly (string | undefined)[], state: string): string {
  return `${states.filter((one) => one === state).length} ${state}`;
}
