/** One value that a layer of the configuration gives, with the name by which an error speaks of it. */
export interface Setting {
  readonly value: unknown;
  readonly name: string;
}

/** What one layer says, by option path. */
export type Settings = Map<string, Setting>;

/** One member of a list such as `tracing.exporters`. */
export interface Entry {
  readonly type: string;
  readonly name: string;
  /** By the name of the exporter's option. */
  readonly fields: Settings;
}

/** Strongest first: code, `TELLTALE_*`, `OTEL_*`, file. */
export type Layers = readonly Settings[];

/** Where the `OTEL_*` variables stand among the layers. */
export const OPENTELEMETRY_LAYER = 2;

/** The strongest setting of an option. */
export function strongest(layers: Layers, path: string): Setting | undefined {
  for (const layer of layers) {
    const setting = layer.get(path);
    if (setting !== undefined) return setting;
  }
  return undefined;
}

/** The map of an option with the keys of all layers, the strongest layer's value for each. */
export function mergedMap(layers: Layers, path: string): Readonly<Record<string, unknown>> {
  const maps = layers.map((layer) => layer.get(path)?.value as Record<string, unknown> | undefined);
  return Object.assign(Object.create(null), ...maps.reverse());
}
