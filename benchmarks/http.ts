/**
 * npm run bench:http: what observing costs a service under load. The same Express and Fastify applications, bare, with
 * telltale and with its peers, each in an installation of its own, are all started and warmed up on both of their routes, and then
 * take turns; the server has one core to itself, and clients, PostgreSQL, Redis and the collector's stand-in share another.
 *
 * --candidates telltale,dd-trace,…  --routes express:ping,fastify:orders,…  --repetitions 5 --seconds 3 --warm-up 16
 */
import { parseArgs } from "node:util";
import { postgres, redis } from "../test/e2e/servers.ts";
import { type Candidate, httpCandidates, type RouteName, routes } from "./http/candidates.ts";
import { measureApplication, type RouteResult } from "./http/measure-application.ts";
import { httpReport } from "./http/report.ts";
import { seedStores } from "./http/seed-stores.ts";
import { leaveServerCore, startCollector } from "./http/server-process.ts";
import { writeSection } from "./report.ts";

const { values } = parseArgs({
  options: {
    candidates: { type: "string" },
    routes: { type: "string" },
    repetitions: { type: "string", default: "5" },
    seconds: { type: "string", default: "3" },
    "warm-up": { type: "string", default: "16" },
    connections: { type: "string", default: "32" },
    linked: { type: "string" },
    quick: { type: "boolean" },
  },
});
const quickRoutes = ["express:orders", "fastify:ping"];
const wantedRoutes = (values.routes?.split(",") ?? (values.quick ? quickRoutes : Object.keys(routes))) as RouteName[];
const wantedCandidates = values.candidates?.split(",") ?? (values.quick ? ["bare", "telltale"] : undefined);
const timing = values.quick
  ? { repetitions: 1, measureMs: 300, warmUpMs: 300, connections: 8 }
  : {
      repetitions: Number(values.repetitions),
      measureMs: Number(values.seconds) * 1_000,
      warmUpMs: Number(values["warm-up"]) * 1_000,
      connections: Number(values.connections),
    };

const candidates: readonly Candidate[] = httpCandidates({ only: wantedCandidates, linked: values.linked });
leaveServerCore();
process.setMaxListeners(0); // One for each child, so that none outlives a benchmark that fails.
const [database, cache, collector] = await Promise.all([postgres(), redis(), startCollector()]);
const results: RouteResult[] = [];
try {
  const stores = { DATABASE_URL: database.url, REDIS_URL: cache.url };
  await seedStores(stores);
  const env = { ...stores, ...collector.env };
  for (const application of new Set(wantedRoutes.map((name) => routes[name].application))) {
    const routeNames = wantedRoutes.filter((name) => routes[name].application === application);
    results.push(...(await measureApplication(routeNames, { candidates, env, timing, onProgress: progress })));
  }
} finally {
  await Promise.all([database.stop(), cache.stop()]);
  collector.stop();
}
if (process.stderr.isTTY) process.stderr.write("\n");
const report = httpReport(results, timing);
console.log(report);
// Only a whole run is worth keeping.
if (!values.quick && wantedCandidates === undefined && values.routes === undefined && values.linked === undefined) {
  writeSection("http", "Under load: `npm run bench:http`", report);
}

function progress(text: string): void {
  process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${text}` : `${text}\n`);
}
