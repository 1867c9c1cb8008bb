import { catalogue } from "./catalogue.ts";
import { droppedAttributes, droppedRecords } from "./drops.ts";
import type { Instrument } from "./instrument.ts";
import { instruments } from "./instrument-registry.ts";
import { observedCounter, observedGauge } from "./observed.ts";

/** What this package tells about itself. Declared with the first reader, so that importing the package does nothing. */
export function declareSelfMetrics(): void {
  const own = new Set<string>(Object.values(catalogue).map(({ name }) => name));
  revised(
    observedCounter(catalogue.droppedRecords, (observe) => {
      for (const [instrument, reason, count] of droppedRecords()) {
        observe(count, { "telltale.instrument": instrument, reason });
      }
    }),
  );
  revised(
    observedCounter(catalogue.droppedAttributes, (observe) => {
      for (const [instrument, reason, count] of droppedAttributes()) {
        observe(count, { "telltale.instrument": instrument, reason });
      }
    }),
  );
  revised(
    observedGauge(catalogue.instrumentSeries, (observe) => {
      for (const { name, size } of instruments()) {
        if (size > 0 && !own.has(name)) observe(size, { "telltale.instrument": name });
      }
    }),
  );
}

/** Whatever changes its numbers changes the revision. */
function revised(instrument: Instrument): void {
  Object.assign(instrument, { still: () => true });
}
