/** A panel as a piece of SVG: plainer than Grafana's, of the same numbers. */
import type { Panel, State } from "./dashboard.ts";
import type { PanelSeries, PanelTimes } from "./panel-data.ts";

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const COLORS = ["#3274d9", "#e0752d", "#56a64b", "#8f3bb8", "#c4162a", "#1f9e9e", "#b88a00", "#73737a"];
const STATE_COLORS: Readonly<Record<State["color"], string>> = {
  green: "#56a64b",
  blue: "#3274d9",
  orange: "#ff9830",
  red: "#c4162a",
  grey: "#a0a0a8",
};
const LEGENDS = 5;

export function panelPicture(panel: Panel, series: readonly PanelSeries[], area: Area, times: PanelTimes): string {
  const { x, y, width, height } = area;
  const inner = { x: x + 10, y: y + 26, width: width - 20, height: height - 34 };
  return [
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="#fff" stroke="#dcdce0"/>`,
    text(panel.title, x + 10, y + 17, { weight: 600 }),
    series.some(({ points }) => points.length > 0)
      ? content(panel, series, inner, times)
      : text("no data", x + width / 2 - 20, y + height / 2 + 8, { color: "#a0a0a8" }),
  ].join("\n");
}

function content(panel: Panel, series: readonly PanelSeries[], area: Area, times: PanelTimes): string {
  switch (panel.kind) {
    case "lines":
      return lines(panel, series, area, times);
    case "number":
    case "dial":
      return numbers(panel, series, area);
    case "bars":
      return bars(panel, series, area);
    case "states":
      return states(panel, series, area, times);
    case "heat":
      return heat(series, area, times);
  }
}

function lines(panel: Panel, series: readonly PanelSeries[], area: Area, { startMs, endMs }: PanelTimes): string {
  const plot = { x: area.x + 48, y: area.y + 4, width: area.width - 52, height: area.height - 26 };
  const drawn = panel.stacked === true ? stacked(series) : series;
  const values = drawn.flatMap(({ points }) => points.map(([, value]) => value));
  const low = Math.min(panel.min ?? Number.POSITIVE_INFINITY, ...values);
  const high = Math.max(...values);
  const scale = panel.logarithmic === true && low > 0 ? Math.log10 : (value: number) => value;
  const span = scale(high) - scale(low) || 1;
  const atX = (timeMs: number): number => plot.x + ((timeMs - startMs) / (endMs - startMs)) * plot.width;
  const atY = (value: number): number => plot.y + plot.height - ((scale(value) - scale(low)) / span) * plot.height;
  return [
    ...[low, high].map((value) =>
      text(shown(value, panel.unit), area.x, atY(value) + 4, { size: 10, color: "#73737a" }),
    ),
    `<line x1="${plot.x}" y1="${plot.y + plot.height}" x2="${plot.x + plot.width}" y2="${plot.y + plot.height}" stroke="#dcdce0"/>`,
    ...drawn.map(({ points }, i) => {
      const path = points.map(([timeMs, value]) => `${round(atX(timeMs))},${round(atY(value))}`).join(" ");
      return `<polyline points="${path}" fill="none" stroke="${COLORS[i % COLORS.length]}" stroke-width="1.3"/>`;
    }),
    legend(series, area),
  ].join("\n");
}

/** Each upon the ones before it. */
function stacked(series: readonly PanelSeries[]): readonly PanelSeries[] {
  const sums = new Map<number, number>();
  return series.map((one) => ({
    ...one,
    points: one.points.map(([timeMs, value]) => {
      const sum = (sums.get(timeMs) ?? 0) + value;
      sums.set(timeMs, sum);
      return [timeMs, sum] as const;
    }),
  }));
}

function legend(series: readonly PanelSeries[], area: Area): string {
  let x = area.x;
  const parts: string[] = [];
  for (const [i, one] of series.slice(0, LEGENDS).entries()) {
    const label = one.legend.slice(0, 28);
    if (x + label.length * 5.6 + 16 > area.x + area.width) break;
    parts.push(
      `<rect x="${round(x)}" y="${area.y + area.height - 8}" width="8" height="3" fill="${COLORS[i % COLORS.length]}"/>`,
    );
    parts.push(text(label, x + 11, area.y + area.height - 3, { size: 10, color: "#52545c" }));
    x += label.length * 5.6 + 22;
  }
  return parts.join("\n");
}

function numbers({ unit, states: named }: Panel, series: readonly PanelSeries[], area: Area): string {
  const latest = latestOf(series).slice(0, 3);
  return latest
    .map(({ legend: label, value }, i) => {
      const state = named?.find((one) => one.value === value);
      const said = state?.text ?? shown(value, unit);
      const color = state === undefined ? "#22252b" : STATE_COLORS[state.color];
      const baseline = area.y + (area.height / latest.length) * (i + 0.5) + 8;
      const name = latest.length > 1 ? ` ${label}` : "";
      return text(`${said}${name}`, area.x, baseline, { size: latest.length > 1 ? 13 : 22, weight: 600, color });
    })
    .join("\n");
}

function bars({ unit }: Panel, series: readonly PanelSeries[], area: Area): string {
  const latest = latestOf(series)
    .toSorted((a, b) => b.value - a.value)
    .slice(0, 8);
  const greatest = Math.max(...latest.map(({ value }) => value), Number.MIN_VALUE);
  const step = Math.min(22, area.height / latest.length);
  return latest
    .flatMap(({ legend: label, value }, i) => {
      const y = area.y + i * step;
      const width = Math.max(1, (Math.max(0, value) / greatest) * (area.width * 0.4));
      return [
        text(label.slice(0, 40), area.x, y + step * 0.65, { size: 10, color: "#52545c" }),
        `<rect x="${area.x + area.width * 0.48}" y="${round(y + 3)}" width="${round(width)}" height="${round(step - 7)}" fill="${COLORS[0]}"/>`,
        text(shown(value, unit), area.x + area.width * 0.9, y + step * 0.65, { size: 10 }),
      ];
    })
    .join("\n");
}

function states({ states: named = [] }: Panel, series: readonly PanelSeries[], area: Area, times: PanelTimes): string {
  const plotX = area.x + area.width * 0.3;
  const cell = (area.width * 0.7) / ((times.endMs - times.startMs) / times.stepMs + 1);
  const step = Math.min(24, area.height / series.length);
  return series
    .flatMap(({ legend: label, points }, i) => [
      text(label.slice(0, 30), area.x, area.y + i * step + step * 0.6, { size: 10, color: "#52545c" }),
      ...runs(points).map(({ fromMs, toMs, value }) => {
        const color = STATE_COLORS[named.find((one) => one.value === value)?.color ?? "grey"];
        const x = plotX + ((fromMs - times.startMs) / times.stepMs) * cell;
        const width = ((toMs - fromMs) / times.stepMs + 1) * cell;
        return `<rect x="${round(x)}" y="${round(area.y + i * step)}" width="${round(width)}" height="${round(step - 5)}" fill="${color}"/>`;
      }),
    ])
    .join("\n");
}

/** Points of one value after another, as one. */
function runs(points: PanelSeries["points"]): { fromMs: number; toMs: number; value: number }[] {
  const all: { fromMs: number; toMs: number; value: number }[] = [];
  for (const [timeMs, value] of points) {
    const last = all.at(-1);
    if (last?.value === value) last.toMs = timeMs;
    else all.push({ fromMs: timeMs, toMs: timeMs, value });
  }
  return all;
}

function heat(series: readonly PanelSeries[], area: Area, times: PanelTimes): string {
  const limitOf = ({ labels }: PanelSeries): number => Number(labels["le"]?.replace("Inf", "Infinity"));
  const rows = series.toSorted((a, b) => limitOf(a) - limitOf(b));
  // Buckets count what is below them too.
  const counts = rows.map(({ points }, i) => {
    const below = new Map(rows[i - 1]?.points ?? []);
    return points.map(([timeMs, value]) => [timeMs, value - (below.get(timeMs) ?? 0)] as const);
  });
  const greatest = Math.max(...counts.flat().map(([, value]) => value), Number.MIN_VALUE);
  const step = area.height / rows.length;
  const cell = (area.width - 48) / ((times.endMs - times.startMs) / times.stepMs + 1);
  return counts
    .flatMap((points, i) => {
      const y = area.y + area.height - (i + 1) * step;
      const cells = points
        .filter(([, value]) => value > 0)
        .map(([timeMs, value]) => {
          const x = area.x + 48 + ((timeMs - times.startMs) / times.stepMs) * cell;
          const opacity = round(0.1 + (0.9 * value) / greatest);
          return `<rect x="${round(x)}" y="${round(y)}" width="${round(cell)}" height="${round(step)}" fill="${COLORS[1]}" fill-opacity="${opacity}"/>`;
        });
      const label =
        i % 3 === 0 ? [text(String(rows[i]!.labels["le"]), area.x, y + step, { size: 9, color: "#73737a" })] : [];
      return [...cells, ...label];
    })
    .join("\n");
}

function latestOf(series: readonly PanelSeries[]): { readonly legend: string; readonly value: number }[] {
  return series.flatMap(({ legend: label, points }) => {
    const last = points.at(-1);
    return last === undefined ? [] : [{ legend: label, value: last[1] }];
  });
}

interface TextStyle {
  readonly size?: number;
  readonly weight?: number;
  readonly color?: string;
}

export function text(
  content: string,
  x: number,
  y: number,
  { size = 12, weight = 400, color = "#22252b" }: TextStyle = {},
): string {
  const escaped = content.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}" font-weight="${weight}" fill="${color}">${escaped}</text>`;
}

/** A value with its unit, as short as can be. */
function shown(value: number, unit: string): string {
  if (unit === "percentunit") return `${significant(value * 100)}%`;
  if (unit === "s") return duration(value);
  if (unit === "bytes" || unit === "Bps") return `${prefixed(value)}B${unit === "Bps" ? "/s" : ""}`;
  return unit === "none" ? String(value) : prefixed(value).trim();
}

function duration(seconds: number): string {
  if (seconds !== 0 && Math.abs(seconds) < 1) return `${significant(seconds * 1000)} ms`;
  return Math.abs(seconds) < 120 ? `${significant(seconds)} s` : `${significant(seconds / 60)} min`;
}

function prefixed(value: number): string {
  for (const [factor, prefix] of [
    [1e9, "G"],
    [1e6, "M"],
    [1e3, "k"],
  ] as const) {
    if (Math.abs(value) >= factor * 10) return `${significant(value / factor)} ${prefix}`;
  }
  return `${significant(value)} `;
}

function significant(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
