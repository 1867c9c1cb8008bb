import { count } from "./limit-schema.ts";
import type { GroupOption } from "./option.ts";

export const health: GroupOption = {
  kind: "group",
  doc: "Health of the process at `/livez`, `/readyz` and `/healthz`, on the port of `metrics.prometheus` or one of its own; `false` answers nowhere.",
  typeName: "HealthOptions",
  switchedOn: true,
  options: {
    port: {
      ...count,
      doc: "A port of its own to listen on; 0 takes any free one.",
      min: 0,
      max: 65_535,
      example: 8_080,
      defaultNote: "that of `metrics.prometheus`, where there is one",
    },
    host: {
      kind: "text",
      doc: "Address that the port of its own listens on; `0.0.0.0` to be reachable by a kubelet.",
      example: "0.0.0.0",
      default: "127.0.0.1",
    },
    prefix: {
      kind: "text",
      doc: "Put before the paths: `/ops` makes `/ops/livez`.",
      example: "/ops",
      default: "",
      defaultNote: "none",
    },
    reasons: { kind: "flag", doc: "Whether answers say why a check is not well.", default: true },
    exports: {
      kind: "flag",
      doc: "Whether the check `exports` is there from the start: degraded while an exporter or log sink fails, unhealthy after a minute of it. It is not critical, so the process stays ready.",
      default: true,
    },
    start: {
      kind: "choice",
      doc: "When the process is ready: `auto` once every critical check has answered, `manual` when the application says `telemetry.health.started()`.",
      values: ["auto", "manual"],
      default: "auto",
    },
  },
};
