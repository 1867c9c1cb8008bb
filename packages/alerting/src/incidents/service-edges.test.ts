import { labelsOf, MemoryStore } from "@telltale/promql";
import { expect, test } from "vitest";
import { incidentDefaults } from "./incident-options.ts";
import { serviceEdges } from "./service-edges.ts";

const NOW = Date.UTC(2024, 0, 1);

const series = (name: string, labels: Record<string, string>) => {
  return { labels: labelsOf({ __name__: name, ...labels }), timeMs: NOW, value: 1 };
};

test("calls between services are found in what they measure and in what is counted of traces", () => {
  const store = new MemoryStore();
  const options = { ...incidentDefaults, aliases: { "10.0.0.5:5432": "postgres" } };
  store.append([
    series("http_client_request_duration_seconds_count", {
      job: "shop",
      server_address: "payments",
      server_port: "80",
    }),
    series("http_client_request_duration_seconds_count", {
      job: "shop",
      server_address: "payments",
      server_port: "81",
    }),
    series("http_client_request_duration_seconds", { job: "desk", service_name: "shop", server_address: "cart" }),
    series("db_client_operation_duration_seconds_count", {
      job: "payments",
      server_address: "10.0.0.5",
      server_port: "5432",
    }),
    series("db_client_operation_duration_seconds_count", { job: "payments", server_address: "127.0.0.1" }),
    series("http_client_request_duration_seconds_bucket", { job: "shop", server_address: "no", le: "1" }),
    series("http_server_request_duration_seconds_count", { job: "shop", server_address: "no" }),
    series("traces_service_graph_request_total", { client: "gateway", server: "shop", connection_type: "" }),
    series("traces_service_graph_request_total", { client: "user", server: "" }),
  ]);
  const edges = serviceEdges(store, { timeMs: NOW, options }).map(({ from, to }) => `${from} → ${to}`);
  expect([...new Set(edges)].sort()).toEqual([
    "gateway → shop",
    "payments → postgres",
    "shop → cart",
    "shop → payments",
  ]);
  expect(serviceEdges(new MemoryStore(), { timeMs: NOW, options })).toEqual([]);
});
