/** What a dashboard of ours is made of, as data; `dashboard-file.ts` makes Grafana's JSON of it. */
import type { CatalogueEntry } from "@telltale/metrics";
import type { Alert } from "./alert.ts";

export interface Dashboard {
  /** The name of the file, and with `telltale-` before it the uid, which links and bookmarks keep. */
  readonly name: string;
  readonly title: string;
  /** One sentence: what it answers. */
  readonly description: string;
  /** A metric that whoever belongs on the page has: its jobs and instances are the page's choices. */
  readonly of: CatalogueEntry;
  /** Choices besides job and instance, by the attribute of `of` that they are about. */
  readonly choices?: readonly Choice[];
  readonly rows: readonly Row[];
  /** Shown as marks over time, and as thresholds where a panel names one. */
  readonly alerts?: readonly Alert[];
}

export interface Choice {
  /** As expressions name it: `$hw_id`. */
  readonly variable: string;
  readonly label: string;
  readonly attribute: string;
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

export interface Panel {
  /** Lines over time, one number, a dial, bars, states over time, or a heat map of a histogram's buckets. */
  readonly kind: "lines" | "number" | "dial" | "bars" | "states" | "heat";
  readonly title: string;
  readonly description: string;
  /** Of Grafana: "s", "bytes", "percentunit"; of numbers of things "short". */
  readonly unit: string;
  /** Expressions by the legend of their series, in Grafana's notation: "{{trading_venue}} p99". */
  readonly queries: Readonly<Record<string, string>>;
  /** Of 24 columns. @default 12, of a number 4, of a dial 6 */
  readonly width?: number;
  readonly min?: number;
  readonly max?: number;
  /** Areas upon each other. */
  readonly stacked?: boolean;
  readonly logarithmic?: boolean;
  /** Points that lead to traces. */
  readonly exemplars?: boolean;
  /** The names of alerts of the page whose thresholds the panel shows. */
  readonly limits?: readonly string[];
  /** What a value is called. */
  readonly states?: readonly State[];
}

export interface State {
  readonly value: number;
  readonly text: string;
  readonly color: "green" | "blue" | "orange" | "red" | "grey";
}
