import { median } from "../report.ts";
import { type Candidate, type RouteName, routes } from "./candidates.ts";
import { type Load, load, type ServerProcess, startServer } from "./server-process.ts";

export interface Timing {
  readonly repetitions: number;
  readonly measureMs: number;
  /** Of each application, all of its routes together. */
  readonly warmUpMs: number;
  readonly connections: number;
}

export interface RouteResult {
  readonly route: RouteName;
  readonly candidates: readonly CandidateResult[];
}

/** Medians of the repetitions. */
export interface CandidateResult {
  readonly key: string;
  readonly name: string;
  readonly requestsPerSecond: number;
  /** Throughput over bare's of the same turn: 1 is nothing lost. */
  readonly kept: number;
  /** Of the whole process, until it had nothing more to export. */
  readonly cpuUs: number;
  /** Of the server's core while it was asked; well below 1 the clients or the stores were what was measured. */
  readonly busy: number;
  readonly rssBytes: number;
}

interface Turn {
  readonly requestsPerSecond: number;
  readonly cpuUs: number;
  readonly busy: number;
  readonly rssBytes: number;
}

/** On each route, before many ask at once. */
const RAMP_UP_MS = 500;

/** After each pause, on each route: caches are cold, and what was due meanwhile comes at once. */
const RESUME_MS = 300;

/** What is put off by a timer of the candidates', of which dd-trace's is the longest with 2 s, is due by then. */
const PUT_OFF_MS = 2_200;

/** A process counts as idle when it used less than this share of a core for a while, or when it never does, after 3 s. */
const IDLE = { share: 0.03, intervalMs: 100, timeoutMs: 3_000 };

/**
 * Starts all candidates with the application and warms them up, each on all of its routes by turns; then they take turns,
 * in each of which a server answers on one route after the other.
 */
export async function measureApplication(
  routeNames: readonly RouteName[],
  options: {
    readonly candidates: readonly Candidate[];
    readonly env: Readonly<Record<string, string>>;
    readonly timing: Timing;
    readonly onProgress: (text: string) => void;
  },
): Promise<readonly RouteResult[]> {
  const { candidates, env, timing, onProgress } = options;
  const { application } = routes[routeNames[0]!];
  const servers: ServerProcess[] = [];
  try {
    for (const candidate of candidates) {
      onProgress(`${application}: warming up ${candidate.name}`);
      const server = await startServer(candidate, { application, env });
      servers.push(server);
      await warmUp(server, routeNames, timing);
      server.pause();
    }
    const turns = new Map(routeNames.map((name) => [name, candidates.map((): Turn[] => [])]));
    for (let repetition = 0; repetition < timing.repetitions; repetition++) {
      for (const [index, server] of servers.entries()) {
        onProgress(`${application}: ${candidates[index]!.name}, ${repetition + 1} of ${timing.repetitions}`);
        server.resume();
        for (const [name, taken] of turns) taken[index]!.push(await turn(server, name, timing));
        server.pause();
      }
    }
    return [...turns].map(([route, taken]) => ({
      route,
      candidates: candidates.map((one, index) => summary(one, taken[index]!, taken[0]!)),
    }));
  } finally {
    for (const server of servers) server.stop();
  }
}

/**
 * Over one connection first: in a burst of first requests most of their objects are alive at once, from which V8 may conclude, if
 * it happens to collect garbage just then, that such objects live long, and make them among the old ones for as long as the
 * process runs. Of telltale's processes every fifth was so, with 8 µs of CPU a request and 130 MB more; docs/decisions/0005.
 * Then each route comes twice, so that none is forgotten by the time it is measured.
 */
async function warmUp(server: ServerProcess, routeNames: readonly RouteName[], timing: Timing): Promise<void> {
  for (const name of routeNames) await ask(server, name, { connections: 1, durationMs: RAMP_UP_MS });
  const order = [...routeNames, ...routeNames];
  for (const name of order) await ask(server, name, { ...timing, durationMs: timing.warmUpMs / order.length });
  await untilIdle(server);
}

function ask(
  { port }: ServerProcess,
  name: RouteName,
  { connections, durationMs }: { readonly connections: number; readonly durationMs: number },
): Promise<Load> {
  const { path, asksStores } = routes[name];
  // The stores are on the clients' core and need what those leave.
  return load({ port, path, connections, durationMs, awake: !asksStores });
}

async function turn(server: ServerProcess, name: RouteName, { connections, measureMs }: Timing): Promise<Turn> {
  await ask(server, name, { connections, durationMs: RESUME_MS });
  await untilIdle(server);
  const before = await server.usage();
  const { answered, seconds } = await ask(server, name, { connections, durationMs: measureMs });
  const after = await server.usage();
  // What was put off until later counts as well.
  await new Promise((resolve) => setTimeout(resolve, PUT_OFF_MS));
  const idle = await untilIdle(server);
  return {
    requestsPerSecond: answered / seconds,
    cpuUs: (idle.cpuUs - before.cpuUs) / answered,
    busy: (after.cpuUs - before.cpuUs) / (seconds * 1e6),
    rssBytes: after.rssBytes,
  };
}

async function untilIdle(server: ServerProcess): Promise<{ readonly cpuUs: number }> {
  const deadline = performance.now() + IDLE.timeoutMs;
  let usage = await server.usage();
  while (performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, IDLE.intervalMs));
    const next = await server.usage();
    if (next.cpuUs - usage.cpuUs < IDLE.share * IDLE.intervalMs * 1_000) return next;
    usage = next;
  }
  return usage;
}

function summary({ key, name }: Candidate, turns: readonly Turn[], bare: readonly Turn[]): CandidateResult {
  const middle = (field: keyof Turn): number => median(turns.map((turn) => turn[field]));
  return {
    key,
    name,
    requestsPerSecond: middle("requestsPerSecond"),
    kept: median(turns.map((turn, index) => turn.requestsPerSecond / bare[index]!.requestsPerSecond)),
    cpuUs: middle("cpuUs"),
    busy: middle("busy"),
    rssBytes: middle("rssBytes"),
  };
}
