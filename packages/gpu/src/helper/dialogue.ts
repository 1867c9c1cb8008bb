import type { GpuFault, GpuProbe, GpuProviderName, ProviderOptions } from "../gpu-provider.ts";
import type { GpuReading } from "../gpu-reading.ts";

/** What the helper is told at its start. */
export interface HelperOptions extends ProviderOptions {
  readonly providers: readonly GpuProviderName[];
}

/** What the helper is asked; each question is answered with the same `id`. */
export type ToHelper =
  | { readonly id: number; readonly type: "probe"; readonly options: HelperOptions }
  | { readonly id: number; readonly type: "sample" }
  | { readonly id: number; readonly type: "close" };

export type FromHelper = { readonly id: number } & (
  | { readonly type: "probed"; readonly tried: readonly TriedProvider[] }
  | { readonly type: "sampled"; readonly samples: readonly ProviderSample[] }
  | { readonly type: "closed" }
);

/** What came of a provider that was tried. */
export type TriedProvider = { readonly provider: GpuProviderName } & GpuProbe;

export interface ProviderSample {
  readonly provider: GpuProviderName;
  readonly seconds: number;
  readonly readings: readonly GpuReading[];
  readonly fault?: GpuFault;
}
