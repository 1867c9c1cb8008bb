import { requirePeer } from "./peers.mjs";
import * as workload from "./workload.mjs";

// Constants of this file: V8 looks an imported name up at each use, which would be measured as well.
const { attributesOf, latencies, order } = workload;

const StatsD = requirePeer("hot-shots");

// `mock` keeps the lines and sends nothing, so that only its own work is measured; the kept lines are thrown away.
const client = new StatsD({ mock: true, globalTags: {} });
let calls = 0;
const forget = () => {
  if ((++calls & 1_023) === 0) client.mockBuffer = [];
};

export const works = {
  "counter bound"() {
    const attributes = Array.from({ length: 1_024 }, (_, i) => attributesOf(i));
    return (i) => {
      client.increment("bench.metric", 1, attributes[order[i & 8_191]]);
      forget();
    };
  },
  "counter unbound"() {
    return (i) => {
      client.increment("bench.metric", 1, attributesOf(order[i & 8_191]));
      forget();
    };
  },
  "histogram bound"() {
    const attributes = attributesOf(0);
    return (i) => {
      client.histogram("bench.metric", latencies[i & 8_191], attributes);
      forget();
    };
  },
};
