import type { Frame, StackProfile } from "./pprof.ts";

interface Node {
  readonly frame: Frame | undefined;
  readonly children: Map<string, Node>;
  value: number;
}

const WIDTH = 1_200;
const ROW = 18;
const MARGIN = 10;
/** Narrower boxes cannot be seen, and a profile has thousands. */
const MIN_WIDTH = 0.3;

/** A flame graph as an SVG file: the outermost functions below, each as wide as what was spent in it and what it called. */
export function flameGraph(profile: StackProfile): string {
  const { samples, types } = profile;
  const last = types.length - 1;
  const root: Node = { frame: undefined, children: new Map(), value: 0 };
  for (const { stack, values } of samples) grow(root, stack, values[last] ?? 0);
  const boxes: string[] = [];
  const depth = draw(root, { x: MARGIN, width: WIDTH - 2 * MARGIN, level: 0 });
  const height = (depth + 1) * ROW + 3 * MARGIN + ROW;

  function draw(
    node: Node,
    { x, width, level }: { readonly x: number; readonly width: number; readonly level: number },
  ): number {
    boxes.push(
      boxOf(node, {
        x,
        width,
        level,
        share: root.value === 0 ? 0 : node.value / root.value,
        unit: types[last]?.unit ?? "",
      }),
    );
    let deepest = level;
    let left = x;
    for (const child of [...node.children.values()].sort((a, b) => nameOf(a).localeCompare(nameOf(b)))) {
      const own = node.value === 0 ? 0 : (child.value / node.value) * width;
      if (own >= MIN_WIDTH) deepest = Math.max(deepest, draw(child, { x: left, width: own, level: level + 1 }));
      left += own;
    }
    return deepest;
  }

  // Levels count from below, rows of an SVG from above.
  const placed = boxes.map((box) =>
    box.replace(/%y(\d+)%/g, (_, level: string) => String(height - MARGIN - (Number(level) + 1) * ROW)),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="ui-monospace, monospace" font-size="11">
<rect width="100%" height="100%" fill="#fffdf8"/>
<text x="${MARGIN}" y="${MARGIN + 11}" font-size="13">${escaped(titleOf(profile))}</text>
${placed.join("\n")}
</svg>
`;
}

function grow(root: Node, stack: readonly Frame[], value: number): void {
  root.value += value;
  let at = root;
  for (const frame of stack.toReversed()) {
    const key = `${frame.name}\n${frame.file}\n${frame.line}`;
    const next = at.children.get(key) ?? { frame, children: new Map(), value: 0 };
    at.children.set(key, next);
    next.value += value;
    at = next;
  }
}

function boxOf(
  node: Node,
  {
    x,
    width,
    level,
    share,
    unit,
  }: {
    readonly x: number;
    readonly width: number;
    readonly level: number;
    readonly share: number;
    readonly unit: string;
  },
): string {
  const name = nameOf(node);
  const place = node.frame?.file ? ` (${node.frame.file}:${node.frame.line})` : "";
  const letters = Math.floor((width - 6) / 6.7);
  const label = letters < 3 ? "" : name.length > letters ? `${name.slice(0, letters - 1)}…` : name;
  const text = label && `<text x="${(x + 3).toFixed(1)}" y="%y${level}%" dy="12.5">${escaped(label)}</text>`;
  const rectangle = `<rect x="${x.toFixed(1)}" y="%y${level}%" width="${width.toFixed(1)}" height="${ROW - 1}" rx="1" fill="${colourOf(node)}"/>`;
  const spent = unit === "nanoseconds" ? `${(node.value / 1e6).toFixed(1)} ms` : `${node.value} ${unit}`;
  return `<g><title>${escaped(`${name}${place}: ${spent}, ${(share * 100).toFixed(1)} %`)}</title>${rectangle}${text}</g>`;
}

function nameOf({ frame }: Node): string {
  return frame?.name ?? "all";
}

/** The same function has the same colour in every graph: warm for one's own code, cool for Node.js and for packages. */
function colourOf({ frame }: Node): string {
  if (frame === undefined) return "#d8d2c4";
  let hash = 0;
  for (const letter of frame.name + frame.file) hash = (hash * 31 + letter.charCodeAt(0)) >>> 0;
  const isOwn = frame.file !== "" && !frame.file.startsWith("node:") && !frame.file.includes("node_modules");
  return `hsl(${isOwn ? 18 + (hash % 32) : 190 + (hash % 40)} ${isOwn ? 85 : 45}% ${66 + (hash % 12)}%)`;
}

function titleOf({ types, durationMs, startedAtMs, labels }: StackProfile): string {
  const seconds = (durationMs / 1_000).toFixed(1);
  const started = startedAtMs > 0 ? ` from ${new Date(startedAtMs).toISOString()}` : "";
  const traced = labels["trace_id"] === undefined ? "" : `, trace ${labels["trace_id"]}`;
  return `${types.at(-1)?.type ?? "profile"}, ${seconds} s${started}${traced}`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
