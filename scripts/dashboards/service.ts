import { catalogue as host } from "../../packages/runtime/src/catalogue.ts";
import type { Dashboard } from "../dashboard.ts";
import { catalogue as http } from "../http-catalogue.ts";
import { bucketRates, greatest, onPage, perSecond, quantile, quantiles, share, total } from "../page-queries.ts";
import { group } from "../rules/http.ts";

const { series, buckets, count } = onPage;

const failed = { "http.response.status_code": { pattern: "5.." } } as const;

export const dashboard: Dashboard = {
  name: "service",
  title: "Service",
  description:
    "Rate, errors and duration of an HTTP service, with ways into traces of slow requests, and what it waits for.",
  of: http.serverRequestDuration,
  alerts: group.alerts,
  rows: [
    {
      title: "Now",
      panels: [
        {
          kind: "number",
          title: "Requests",
          description: "A second.",
          unit: "reqps",
          width: 6,
          queries: { requests: perSecond(count(http.serverRequestDuration)) },
        },
        {
          kind: "number",
          title: "Errors",
          description: "Share of requests that were answered with a 5xx status.",
          unit: "percentunit",
          width: 6,
          limits: ["ErrorRateHigh"],
          queries: {
            errors: `(${perSecond(count(http.serverRequestDuration, failed))} or vector(0)) / ${perSecond(count(http.serverRequestDuration))}`,
          },
        },
        {
          kind: "number",
          title: "p99",
          description: "Time that 99 of 100 requests did not exceed.",
          unit: "s",
          width: 6,
          limits: ["HighLatency"],
          queries: { p99: quantile(0.99, buckets(http.serverRequestDuration)) },
        },
        {
          kind: "number",
          title: "Event loop delay",
          description: "p99 of the last interval.",
          unit: "s",
          width: 6,
          queries: { p99: greatest(series(host.eventLoopDelayP99)) },
        },
      ],
    },
    {
      title: "Rate, errors, duration",
      panels: [
        {
          kind: "lines",
          title: "Requests by route",
          description: "A second.",
          unit: "reqps",
          min: 0,
          queries: {
            "{{http_request_method}} {{http_route}}": perSecond(
              count(http.serverRequestDuration),
              "http_request_method",
              "http_route",
            ),
          },
        },
        {
          kind: "lines",
          title: "Answers by status",
          description: "A second.",
          unit: "reqps",
          stacked: true,
          min: 0,
          queries: {
            "{{http_response_status_code}}": perSecond(count(http.serverRequestDuration), "http_response_status_code"),
          },
        },
        {
          kind: "lines",
          title: "Errors by route",
          description: "Share of requests that were answered with a 5xx status.",
          unit: "percentunit",
          min: 0,
          max: 1,
          limits: ["ErrorRateHigh"],
          queries: {
            "{{http_route}}": share(
              perSecond(count(http.serverRequestDuration, failed), "http_route"),
              perSecond(count(http.serverRequestDuration), "http_route"),
            ),
          },
        },
        {
          kind: "lines",
          title: "Duration",
          description: "Quantiles of the time a request takes. Each point is a request: it leads to its trace.",
          unit: "s",
          min: 0,
          exemplars: true,
          limits: ["HighLatency"],
          queries: quantiles([0.5, 0.95, 0.99], buckets(http.serverRequestDuration)),
        },
        {
          kind: "lines",
          title: "p95 by route",
          description: "Which one is slow.",
          unit: "s",
          min: 0,
          exemplars: true,
          queries: quantiles([0.95], buckets(http.serverRequestDuration), "http_request_method", "http_route"),
        },
        {
          kind: "heat",
          title: "Durations",
          description: "How many requests took how long.",
          unit: "s",
          queries: { "{{le}}": bucketRates(buckets(http.serverRequestDuration)) },
        },
      ],
    },
    {
      title: "What it waits for",
      panels: [
        {
          kind: "lines",
          title: "Outgoing requests",
          description: "p95 by server.",
          unit: "s",
          min: 0,
          exemplars: true,
          queries: quantiles([0.95], buckets(http.clientRequestDuration), "server_address", "server_port"),
        },
        {
          kind: "lines",
          title: "Outgoing requests that fail",
          description: "A second, by server and error.",
          unit: "reqps",
          min: 0,
          queries: {
            "{{server_address}} {{error_type}}": perSecond(
              count(http.clientRequestDuration, { "error.type": { pattern: ".+" } }),
              "server_address",
              "error_type",
            ),
          },
        },
        {
          kind: "lines",
          title: "Database",
          description: "p95 by system and operation.",
          unit: "s",
          min: 0,
          exemplars: true,
          queries: quantiles([0.95], buckets(http.databaseOperationDuration), "db_system_name", "db_operation_name"),
        },
        {
          kind: "lines",
          title: "Connections of the pool",
          description: "Used and idle, and requests that wait for one.",
          unit: "short",
          min: 0,
          queries: {
            "{{db_client_connection_state}}": total(series(http.databaseConnections), "db_client_connection_state"),
            waiting: total(series(http.databaseWaiting)),
          },
        },
      ],
    },
  ],
};
