/** A page of metrics in Prometheus' text format or OpenMetrics, for commands that look at what a process exports. */
import { readFile } from "node:fs/promises";
import { labelsOf, parseMetricSelector, type Sample } from "@telltale/promql";

/** How long a page may take. */
const TIMEOUT_MS = 10_000;

/** What a URL, or a file, has. @throws Error that says what to do */
export async function readPage(place: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  if (!/^https?:\/\//.test(place)) {
    return await readFile(place, "utf8").catch((error: NodeJS.ErrnoException) => {
      throw new Error(`${place} cannot be read (${error.code}); give a file, or a URL such as ${EXAMPLE}`, {
        cause: error,
      });
    });
  }
  const response = await fetch(place, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) }).catch((error: Error) => {
    const { code, message } = (error.cause ?? error) as NodeJS.ErrnoException;
    throw new Error(`${place} does not answer (${code || message}); is the process running, and this its page?`, {
      cause: error,
    });
  });
  const text = await response.text();
  if (response.ok) return text;
  throw new Error(`${place} answers ${response.status}; give the URL of a page of metrics, such as ${EXAMPLE}`);
}

const EXAMPLE = "http://127.0.0.1:9464/metrics";

/**
 * The samples of a page, with the labels that a server would give them; what a series has of these itself is `exported_…` then, as
 * with Prometheus. Lines that are no samples are left out.
 */
export function samplesOf(
  page: string,
  { timeMs, target }: { readonly timeMs: number; readonly target: Readonly<Record<string, string>> },
): readonly Sample[] {
  return page.split("\n").flatMap((line) => sampleOf(line, timeMs, target) ?? []);
}

/** The names of the series of a page. */
export function namesOf(page: string): ReadonlySet<string> {
  return new Set(samplesOf(page, { timeMs: 0, target: {} }).map(({ labels }) => nameIn(labels)));
}

function nameIn({ pairs }: Sample["labels"]): string {
  const at = pairs.indexOf("__name__");
  return pairs[at + 1] ?? "";
}

/** The series, with labels or without, then the value; a time or an exemplar after it is not looked at. */
const LINE = /^\s*(?<series>[^\s{#]*\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\}|[^\s{#]+)\s+(?<value>[^\s#]+)/;

function sampleOf(line: string, timeMs: number, target: Readonly<Record<string, string>>): Sample | undefined {
  const { series, value = "" } = LINE.exec(line)?.groups ?? {};
  const number = numberOf(value);
  if (series === undefined || number === undefined) return undefined;
  try {
    // A series is written as a selector is.
    const labels: Record<string, string> = { ...target };
    for (const { name, value: text } of parseMetricSelector(series)) {
      labels[Object.hasOwn(target, name) ? `exported_${name}` : name] = text;
    }
    return { labels: labelsOf(labels), timeMs, value: number };
  } catch {
    return undefined;
  }
}

function numberOf(text: string): number | undefined {
  const infinity = /^([+-]?)inf(?:inity)?$/i.exec(text);
  if (infinity !== null) return infinity[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^nan$/i.test(text)) return Number.NaN;
  const value = Number(text);
  return text === "" || Number.isNaN(value) ? undefined : value;
}
