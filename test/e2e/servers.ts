/** Real servers for tests: each on a free port of 127.0.0.1, with a temporary data folder that goes when it stops. */
import { once } from "node:events";
import { chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Child, startChild } from "./child.ts";
import { programPath, serverUser } from "./server-program.ts";

export interface Server extends AsyncDisposable {
  readonly port: number;
  /** For the usual client, such as `postgresql://postgres@127.0.0.1:40123/postgres`. */
  readonly url: string;
  stop(): Promise<void>;
}

/** One value of an instant vector. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface PrometheusServer extends Server {
  /** The instant vector of a PromQL query. */
  query(promql: string): Promise<readonly Sample[]>;
  /** Asks until the vector is not empty. @throws Error when it stays empty for `timeoutMs`. */
  waitForQuery(promql: string, options?: { readonly timeoutMs?: number }): Promise<readonly Sample[]>;
}

/** How often Prometheus is asked by `waitForQuery`, in milliseconds. */
const QUERY_INTERVAL_MS = 100;

export async function postgres(): Promise<Server> {
  const port = await freePort();
  const user = serverUser("postgres");
  const folder = temporaryFolder("postgres", user);
  const settings = { env: { PATH: process.env["PATH"], TZ: "UTC", LC_ALL: "C" }, cwd: folder, ...user };
  const data = join(folder, "data");
  const initArgs = ["-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"];
  const init = await startChild(programPath("initdb"), [...initArgs, "--no-instructions"], settings);
  const { code, stdout, stderr } = await init.exited;
  if (code !== 0) throw new Error(`initdb ended with ${code}\n${stdout}${stderr}`);
  const options = ["fsync=off", "full_page_writes=off", "synchronous_commit=off", "shared_buffers=8MB"];
  const child = await startChild(
    programPath("postgres"),
    ["-D", data, "-h", "127.0.0.1", "-p", `${port}`, "-k", "", ...options.flatMap((option) => ["-c", option])],
    settings,
  );
  await child.waitForOutput(/database system is ready to accept connections/);
  return server(child, { port, url: `postgresql://postgres@127.0.0.1:${port}/postgres`, folder, signal: "SIGQUIT" });
}

/** MariaDB without grant tables: nothing to install, any user may do anything. The database is `test`. */
export async function mariadb(): Promise<Server> {
  const port = await freePort();
  const user = serverUser("mysql");
  const folder = temporaryFolder("mariadb", user);
  const initFile = join(folder, "init.sql");
  writeFileSync(initFile, "CREATE DATABASE test;\n", { mode: 0o644 });
  const child = await startChild(
    programPath("mariadb"),
    [
      "--no-defaults",
      "--skip-grant-tables",
      `--datadir=${join(folder)}`,
      `--init-file=${initFile}`,
      "--bind-address=127.0.0.1",
      `--port=${port}`,
      // In the data folder: the whole path may be longer than a socket's may be.
      "--socket=socket",
      `--pid-file=${join(folder, "pid")}`,
      "--innodb-flush-log-at-trx-commit=0",
      "--innodb-buffer-pool-size=16M",
      "--innodb-log-file-size=4M",
    ],
    { cwd: folder, env: { PATH: process.env["PATH"], TZ: "UTC" }, ...user },
  );
  await child.waitForOutput(/ready for connections/);
  return server(child, { port, url: `mysql://root@127.0.0.1:${port}/test`, folder, signal: "SIGKILL" });
}

export async function redis(): Promise<Server> {
  const port = await freePort();
  const folder = temporaryFolder("redis");
  const args = ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder];
  const child = await startChild(programPath("redis"), args, { cwd: folder, env: { PATH: process.env["PATH"] } });
  await child.waitForOutput(/Ready to accept connections/);
  return server(child, { port, url: `redis://127.0.0.1:${port}`, folder, signal: "SIGKILL" });
}

/** A Prometheus that scrapes `host:port` targets, by default every second; it looks at them first 5 s after its start. */
export async function prometheus(options: {
  readonly scrape: readonly string[];
  readonly intervalMs?: number;
}): Promise<PrometheusServer> {
  // A page that comes too late takes its series away.
  const { scrape, intervalMs = 1_000 } = options;
  const port = await freePort();
  const folder = temporaryFolder("prometheus");
  const config = join(folder, "prometheus.yml");
  const job = { job_name: "test", static_configs: [{ targets: scrape }] };
  const global = { scrape_interval: `${intervalMs}ms`, scrape_timeout: `${intervalMs}ms` };
  // JSON is YAML.
  writeFileSync(config, JSON.stringify({ global, scrape_configs: [job] }));
  const child = await startChild(
    programPath("prometheus"),
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { cwd: folder, env: { PATH: process.env["PATH"] } },
  );
  await child.waitForOutput(/Server is ready to receive web requests/);
  const url = `http://127.0.0.1:${port}`;
  const query = (promql: string): Promise<readonly Sample[]> => queryPrometheus(url, promql);
  return {
    ...server(child, { port, url, folder, signal: "SIGKILL" }),
    query,
    async waitForQuery(promql, { timeoutMs = 50_000 } = {}) {
      const deadline = performance.now() + timeoutMs;
      while (performance.now() < deadline) {
        const samples = await query(promql);
        if (samples.length > 0) return samples;
        await new Promise((resolve) => setTimeout(resolve, QUERY_INTERVAL_MS));
      }
      const targets = await query("up");
      throw new Error(`${promql} is empty after ${timeoutMs} ms; targets: ${JSON.stringify(targets)}`);
    },
  };
}

function server(
  child: Child,
  options: {
    readonly port: number;
    readonly url: string;
    readonly folder: string;
    readonly signal: NodeJS.Signals;
  },
): Server {
  const { port, url, folder, signal } = options;
  const stop = async (): Promise<void> => {
    await child.stop(signal);
    rmSync(folder, { recursive: true, force: true });
  };
  return { port, url, stop, [Symbol.asyncDispose]: stop };
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

function temporaryFolder(name: string, user: { readonly uid?: number; readonly gid?: number } = {}): string {
  const folder = mkdtempSync(join(tmpdir(), `telltale-${name}-`));
  if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid);
  return folder;
}

async function queryPrometheus(url: string, promql: string): Promise<readonly Sample[]> {
  const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query: promql })}`);
  const answer = (await response.json()) as {
    readonly status: string;
    readonly error?: string;
    readonly data: { readonly result: readonly { metric: Record<string, string>; value: [number, string] }[] };
  };
  if (answer.status !== "success") throw new Error(`Prometheus refused ${promql}: ${answer.error}`);
  return answer.data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}
