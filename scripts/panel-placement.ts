import type { Panel } from "./dashboard.ts";

/** In Grafana's grid: columns of which there are 24, and lines. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface Placement {
  row(): Place;
  panel(panel: Panel): Place;
}

export const COLUMNS = 24;

/** From left to right, and below when a line is full. */
export function placement(): Placement {
  let [x, y, lineHeight] = [0, 0, 0];
  const newLine = (): void => {
    [x, y, lineHeight] = [0, y + lineHeight, 0];
  };
  return {
    row() {
      newLine();
      return { x: 0, y: y++, w: COLUMNS, h: 1 };
    },
    panel({ kind, width }) {
      const w = width ?? (kind === "number" ? 4 : kind === "dial" ? 6 : 12);
      const h = kind === "number" ? 4 : kind === "dial" ? 6 : 8;
      if (x + w > COLUMNS) newLine();
      const place = { x, y, w, h };
      x += w;
      lineHeight = Math.max(lineHeight, h);
      return place;
    },
  };
}
