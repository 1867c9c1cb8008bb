import { count } from "./limit-schema.ts";
import type { GroupOption } from "./option.ts";

export const profiling: GroupOption = {
  kind: "group",
  doc: "CPU and heap profiles for `go tool pprof`, at `/debug/pprof/profile` and `/debug/pprof/heap` on a port of their own. Who can ask can slow the process down.",
  typeName: "ProfilingOptions",
  switchedOn: false,
  options: {
    port: {
      ...count,
      doc: "The port to listen on; 0 takes any free one.",
      min: 0,
      max: 65_535,
      example: 6_060,
      default: 6_060,
    },
    host: {
      kind: "text",
      doc: "Address to listen on.",
      example: "127.0.0.1",
      default: "127.0.0.1",
    },
  },
};
