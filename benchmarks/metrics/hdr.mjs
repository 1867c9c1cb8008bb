import { requirePeer } from "./peers.mjs";
import * as workload from "./workload.mjs";

// Constants of this file: V8 looks an imported name up at each use, which would be measured as well.
const { latencies } = workload;

const hdr = requirePeer("hdr-histogram-js");
await hdr.initWebAssembly();

const STEPS = 12;
const options = { bitBucketSize: 64, numberOfSignificantValueDigits: 2, useWebAssembly: true };
const micros = latencies.map((seconds) => Math.max(1, Math.round(seconds * 1e6)));

export const works = {
  "exponential bound"() {
    const histogram = hdr.build(options);
    return (i) => histogram.recordValue(micros[i & 8_191]);
  },
  "percentiles record"() {
    const histogram = hdr.build(options);
    return (i) => histogram.recordValue(micros[i & 8_191]);
  },
  // A rolling window out of hdr histograms: one a step, added together at each read.
  "percentiles read"() {
    const slices = Array.from({ length: STEPS }, () => hdr.build(options));
    for (let i = 0; i < 100_000; i++) slices[i % STEPS].recordValue(micros[i & 8_191]);
    const whole = hdr.build(options);
    return () => {
      whole.reset();
      for (const slice of slices) whole.add(slice);
      return [50, 90, 95, 99, 99.9].map((p) => whole.getValueAtPercentile(p));
    };
  },
};
