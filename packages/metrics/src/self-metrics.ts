import { droppedAttributes, droppedRecords } from "./drops.ts";
import { instruments } from "./instrument-registry.ts";
import { observedCounter, observedGauge } from "./observed.ts";

/** What this package tells about itself. Declared with the first reader, so that importing the package does nothing. */
export function declareSelfMetrics(): void {
  const own = new Set<string>(declared.map(({ name }) => name));
  observedCounter(declared[0], (observe) => {
    for (const [instrument, reason, count] of droppedRecords())
      observe(count, { "telltale.instrument": instrument, reason });
  });
  observedCounter(declared[1], (observe) => {
    for (const [instrument, reason, count] of droppedAttributes()) {
      observe(count, { "telltale.instrument": instrument, reason });
    }
  });
  observedGauge(declared[2], (observe) => {
    for (const { name, size } of instruments()) {
      if (size > 0 && !own.has(name)) observe(size, { "telltale.instrument": name });
    }
  });
}

const declared = [
  {
    name: "telltale.dropped.records",
    unit: "{record}",
    description: "Values refused by the recording guard.",
  },
  {
    name: "telltale.dropped.attributes",
    unit: "{attribute}",
    description: "Attributes left out or cut because no exporter could write them as given.",
  },
  {
    name: "telltale.instrument.series",
    unit: "{series}",
    description: "Series that an instrument keeps, its overflow series included.",
  },
] as const;
