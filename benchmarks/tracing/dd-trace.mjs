/** dd-trace by its own API. It formats and encodes each trace as it ends, which the others leave to their exporters. */
import { requirePeer } from "./peers.mjs";
import { attributes } from "./workload.mjs";

const tracer = requirePeer("dd-trace").init({
  plugins: false,
  startupLogs: false,
  runtimeMetrics: false,
  telemetry: { enabled: false },
  remoteConfig: { enabled: false },
  url: "http://127.0.0.1:9",
});

export const works = {
  "recorded root": () => () => tracer.startSpan("GET /ping").finish(),
  "recorded child 5": () => {
    const limit = 100;
    let parent = tracer.startSpan("parent");
    return (i) => {
      // A trace that never ends would only grow.
      if (i % limit === 0) {
        parent.finish();
        parent = tracer.startSpan("parent");
      }
      tracer.startSpan("SELECT shop", { childOf: parent, tags: attributes(i) }).finish();
    };
  },
};
