import { type Catalogue, DURATION_BOUNDARIES, open } from "@telltale/metrics";

/**
 * What OpenTelemetry's instrumentations of HTTP and of databases record, by its semantic conventions: as no package of ours
 * declares these metrics, rules and dashboards have them from here. test/alerts/http-catalogue.test.ts compares with a service.
 */
export const catalogue = {
  serverRequestDuration: {
    kind: "histogram",
    name: "http.server.request.duration",
    unit: "s",
    description: "Duration of HTTP server requests.",
    attributes: {
      "http.request.method": open(),
      "http.route": open(),
      "http.response.status_code": open(),
      "url.scheme": open(),
      "error.type": open(),
      "network.protocol.version": open(),
      "server.address": open(),
      "server.port": open(),
    },
    boundaries: DURATION_BOUNDARIES,
  },
  clientRequestDuration: {
    kind: "histogram",
    name: "http.client.request.duration",
    unit: "s",
    description: "Duration of HTTP client requests.",
    attributes: {
      "http.request.method": open(),
      "http.response.status_code": open(),
      "url.scheme": open(),
      "error.type": open(),
      "network.protocol.version": open(),
      "server.address": open(),
      "server.port": open(),
    },
    boundaries: DURATION_BOUNDARIES,
  },
  databaseOperationDuration: {
    kind: "histogram",
    name: "db.client.operation.duration",
    unit: "s",
    description: "Duration of database client operations.",
    attributes: {
      "db.system.name": open(),
      "db.operation.name": open(),
      "db.namespace": open(),
      "db.collection.name": open(),
      "error.type": open(),
      "server.address": open(),
      "server.port": open(),
    },
    boundaries: DURATION_BOUNDARIES,
  },
  databaseConnections: {
    kind: "upDownCounter",
    name: "db.client.connection.count",
    unit: "{connection}",
    description: "Connections of a pool by state.",
    attributes: { "db.client.connection.state": ["idle", "used"], "db.client.connection.pool.name": open() },
  },
  databaseWaiting: {
    kind: "upDownCounter",
    name: "db.client.connection.pending_requests",
    unit: "{request}",
    description: "Requests that wait for a connection of a pool.",
    attributes: { "db.client.connection.pool.name": open() },
  },
} as const satisfies Catalogue;
