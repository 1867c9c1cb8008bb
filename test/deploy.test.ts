import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parse } from "yaml";

// No container engine is at hand, so what is checked is what can be without one.
const root = new URL("../", import.meta.url);
const services: Record<string, Service> = parse(read("docker-compose.yml")).services;

interface Service {
  readonly image: string;
  readonly ports: readonly string[];
  readonly volumes?: readonly string[];
}

test("every image is pinned to a release", () => {
  for (const { image } of Object.values(services)) expect(image).toMatch(/^[\w./-]+:v?\d+\.\d+(\.\d+)?$/);
});

test("every file that a container mounts is here", () => {
  const mounted = Object.values(services).flatMap(({ volumes = [] }) => volumes.map((volume) => volume.split(":")[0]!));
  const files = mounted.filter((path) => path.startsWith("./"));
  expect(files.length).toBeGreaterThan(3);
  expect(files.filter((path) => !existsSync(new URL(path, root)))).toEqual([]);
});

test("no port is open to other machines", () => {
  const ports = Object.values(services).flatMap((service) => service.ports);
  expect(ports.filter((port) => !port.startsWith("127.0.0.1:"))).toEqual([]);
});

test("the environment file names servers and ports that the containers have", () => {
  const published = Object.values(services).flatMap((service) => service.ports.map((port) => port.split(":")[1]));
  const urls = read("deploy/compose.env").match(/^\w+=\w+:\/\/\S+$/gm) ?? [];
  expect(urls).toHaveLength(4);
  for (const url of urls) expect(published).toContain(new URL(url.slice(url.indexOf("=") + 1)).port);
});

test("the Collector's pipelines use only components that it defines", () => {
  const { service, ...components } = parse(read("deploy/collector.yaml"));
  for (const pipeline of Object.values<Record<string, string[]>>(service.pipelines)) {
    for (const [kind, names] of Object.entries(pipeline)) {
      expect(Object.keys(components[kind])).toEqual(expect.arrayContaining(names));
    }
  }
});

test("the example's dashboard asks a data source that is provisioned", () => {
  const { panels } = JSON.parse(read("deploy/grafana/dashboards/trading-desk.json"));
  expect(panels.length).toBeGreaterThan(0);
  for (const panel of panels) expect(dataSources().map(({ uid }) => uid)).toContain(panel.datasource.uid);
});

test("exemplars lead to a data source that has traces", () => {
  const [prometheus] = dataSources().filter(({ type }) => type === "prometheus");
  const [{ name, datasourceUid }] = prometheus!.jsonData!.exemplarTraceIdDestinations;
  expect(name).toBe("trace_id");
  expect(dataSources().find(({ uid }) => uid === datasourceUid)?.type).toBe("jaeger");
  expect(read("docker-compose.yml")).toContain("--enable-feature=exemplar-storage");
});

test("promtool accepts the scrape configuration", (context) => {
  const path = fileURLToPath(new URL("deploy/prometheus.yaml", root));
  try {
    execFileSync("promtool", ["check", "config", path], { encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT")
      context.skip("promtool is not installed (Debian: prometheus)");
    throw error;
  }
});

interface DataSource {
  readonly uid: string;
  readonly type: string;
  readonly jsonData?: { readonly exemplarTraceIdDestinations: [{ name: string; datasourceUid: string }] };
}

function dataSources(): readonly DataSource[] {
  return parse(read("deploy/grafana/provisioning/datasources/datasources.yaml")).datasources;
}

function read(path: string): string {
  return readFileSync(new URL(path, root), "utf8");
}
