import { median } from "../report.ts";
import { type Candidate, type RouteName, routes } from "./candidates.ts";
import { load, type ServerProcess, startServer } from "./server-process.ts";

export interface Timing {
  readonly repetitions: number;
  readonly measureMs: number;
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

/** After each pause: caches are cold, and what was due meanwhile comes at once. */
const RESUME_MS = 500;

/** A process counts as idle when it used less than this share of a core for a while, or when it never does, after 3 s. */
const IDLE = { share: 0.03, intervalMs: 200, timeoutMs: 3_000 };

/** Warms all candidates up, one after the other, and then lets them take turns. */
export async function measureRoute(
  routeName: RouteName,
  options: {
    readonly candidates: readonly Candidate[];
    readonly env: Readonly<Record<string, string>>;
    readonly timing: Timing;
    readonly onProgress: (text: string) => void;
  },
): Promise<RouteResult> {
  const { candidates, env, timing, onProgress } = options;
  const { application, path } = routes[routeName];
  const servers: ServerProcess[] = [];
  try {
    for (const candidate of candidates) {
      onProgress(`${routeName}: warming up ${candidate.name}`);
      const server = await startServer(candidate, { application, env });
      servers.push(server);
      await load({ port: server.port, path, connections: timing.connections, durationMs: timing.warmUpMs });
      await untilIdle(server);
      server.pause();
    }
    const turns: Turn[][] = candidates.map(() => []);
    for (let repetition = 0; repetition < timing.repetitions; repetition++) {
      for (const [index, server] of servers.entries()) {
        onProgress(`${routeName}: ${candidates[index]!.name}, ${repetition + 1} of ${timing.repetitions}`);
        server.resume();
        await load({ port: server.port, path, connections: timing.connections, durationMs: RESUME_MS });
        await untilIdle(server);
        turns[index]!.push(await turn(server, path, timing));
        server.pause();
      }
    }
    return { route: routeName, candidates: candidates.map((one, index) => summary(one, turns[index]!, turns[0]!)) };
  } finally {
    for (const server of servers) server.stop();
  }
}

async function turn(server: ServerProcess, path: string, { connections, measureMs }: Timing): Promise<Turn> {
  const before = await server.usage();
  const { answered, seconds } = await load({ port: server.port, path, connections, durationMs: measureMs });
  const after = await server.usage();
  // What was put off until later counts as well.
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
