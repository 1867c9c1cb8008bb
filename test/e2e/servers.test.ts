import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import { startApplication } from "./application.ts";
import { absentServers } from "./server-program.ts";
import { mariadb, postgres, prometheus, redis } from "./servers.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

const absent = absentServers("postgres", "initdb", "mariadb", "redis", "prometheus");

describe.skipIf(absent !== undefined)(`real servers for tests${absent ? ` (skipped: ${absent})` : ""}`, () => {
  test("PostgreSQL starts, answers and stops", async () => {
    const server = await postgres();
    const rows = await run(`
      import pg from "pg";
      const client = new pg.Client({ connectionString: ${JSON.stringify(server.url)} });
      await client.connect();
      console.log((await client.query("SELECT 1 + 1 AS two")).rows[0].two);
      await client.end();`);
    expect(rows).toBe("2");
    await server.stop();
    await expect(fetch(`http://127.0.0.1:${server.port}`)).rejects.toThrow();
  });

  test("MariaDB starts, answers and stops", async () => {
    await using server = await mariadb();
    const rows = await run(`
      import mysql from "mysql2/promise";
      const connection = await mysql.createConnection(${JSON.stringify(server.url)});
      await connection.query("CREATE TABLE t (n INT) ENGINE=InnoDB");
      await connection.query("INSERT INTO t VALUES (2)");
      console.log(JSON.stringify((await connection.query("SELECT n FROM t"))[0]));
      await connection.end();`);
    expect(rows).toBe('[{"n":2}]');
  });

  test("Redis starts, answers and stops", async () => {
    await using server = await redis();
    const rows = await run(`
      import { createClient } from "redis";
      const client = await createClient({ url: ${JSON.stringify(server.url)} }).connect();
      await client.set("k", "v");
      console.log(await client.get("k"));
      await client.close();`);
    expect(rows).toBe("v");
  });

  test("Prometheus scrapes and answers", async () => {
    const target = createServer((_, response) => {
      response.setHeader("content-type", "text/plain; version=0.0.4").end('desk_orders_total{side="buy"} 7\n');
    }).listen(0, "127.0.0.1");
    await once(target, "listening");
    const { port } = target.address() as AddressInfo;
    await using server = await prometheus({ scrape: [`127.0.0.1:${port}`] });
    expect(await server.waitForQuery('desk_orders_total{side="buy"} > 1')).toMatchObject([
      { labels: { side: "buy", job: "test" }, value: 7 },
    ]);
    await expect(server.query("sum(")).rejects.toThrow("Prometheus refused sum(");
    target.close();
    target.closeAllConnections();
  });
});

test("a server that is required and not installed is an error that names the Debian package", () => {
  vi.stubEnv("PATH", "");
  vi.stubEnv("CI", "");
  vi.stubEnv("TELLTALE_REQUIRE_SERVERS", "1");
  const check = (): unknown => absentServers("mariadb");
  if (existsSync("/usr/sbin/mariadbd")) expect(check()).toBeUndefined();
  else expect(check).toThrow("mariadbd is not installed; apt install mariadb-server");
});

async function run(source: string): Promise<string> {
  const application = await startApplication({ source, until: "started" });
  const { code, stdout, stderr } = await application.exited;
  if (code !== 0) throw new Error(stderr);
  return stdout.trim();
}
