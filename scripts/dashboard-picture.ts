import { MemoryStore, type Sample } from "@telltale/promql";
import type { Dashboard } from "./dashboard.ts";
import { panelData } from "./panel-data.ts";
import { panelPicture, text } from "./panel-picture.ts";
import { COLUMNS, placement } from "./panel-placement.ts";

const COLUMN = 48;
const LINE = 24;
const GAP = 4;
/** Points over the width of a panel. */
const POINTS = 90;

/** A dashboard as SVG, of samples that were taken. */
export function dashboardPicture({ title, rows }: Dashboard, samples: readonly Sample[]): string {
  const store = new MemoryStore({ retentionMs: 1e12, maxBytes: 512 * 1024 * 1024 });
  store.append(samples);
  const startMs = samples.reduce((least, { timeMs }) => Math.min(least, timeMs), Number.POSITIVE_INFINITY);
  const endMs = samples.reduce((greatest, { timeMs }) => Math.max(greatest, timeMs), 0);
  const stepMs = Math.ceil((endMs - startMs) / POINTS / 1_000) * 1_000;
  const times = { startMs, endMs: startMs + Math.floor((endMs - startMs) / stepMs) * stepMs, stepMs };
  const places = placement();
  let bottom = 0;
  const parts = rows.flatMap((row) => {
    const head = places.row();
    return [
      text(row.title, 6, head.y * LINE + 17, { size: 14, weight: 600 }),
      ...row.panels.map((panel) => {
        const { x, y, w, h } = places.panel(panel);
        bottom = Math.max(bottom, (y + h) * LINE);
        const area = {
          x: x * COLUMN + GAP,
          y: y * LINE + GAP,
          width: w * COLUMN - 2 * GAP,
          height: h * LINE - 2 * GAP,
        };
        return panelPicture(panel, panelData(store, panel, times), area, times);
      }),
    ];
  });
  const width = COLUMNS * COLUMN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${bottom + GAP}" font-family="Inter, Helvetica, Arial, sans-serif">`,
    `<title>${title}</title>`,
    `<rect width="${width}" height="${bottom + GAP}" fill="#f4f5f5"/>`,
    ...parts,
    "</svg>\n",
  ].join("\n");
}
