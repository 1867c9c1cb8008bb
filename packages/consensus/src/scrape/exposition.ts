/**
 * The samples of a page of metrics, in Prometheus's text format or OpenMetrics. A reader of our own, because all that it has to
 * know is what a sample is: types are not looked at (etcd and beacon nodes call gauges `_total`), names that nobody asks for are
 * skipped before their labels are read, and the libraries that there are build every family of a page of megabytes first.
 */
export interface ExpositionSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A line that is no sample is skipped: a page of another version is read as far as it can be. */
export function* expositionSamples(text: string, wants: (name: string) => boolean): Generator<ExpositionSample> {
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf("\n", at);
    const line = text.slice(at, end === -1 ? text.length : end);
    at = end === -1 ? text.length : end + 1;
    const name = /^[ \t]*([A-Za-z_:][\w:]*)/.exec(line);
    if (name === null || !wants(name[1]!)) continue;
    const sample = sampleOf(name[1]!, line.slice(name[0].length));
    if (sample !== undefined) yield sample;
  }
}

function sampleOf(name: string, rest: string): ExpositionSample | undefined {
  const read = rest.startsWith("{") ? readLabels(rest) : { labels: {}, length: 0 };
  if (read === undefined) return undefined;
  const [, text] = /^[ \t]*([^\s#]+)/.exec(rest.slice(read.length)) ?? [];
  const value = numberOf(text);
  return value === undefined ? undefined : { name, labels: read.labels, value };
}

function readLabels(text: string): { readonly labels: Record<string, string>; readonly length: number } | undefined {
  const labels: Record<string, string> = {};
  const label = /[ \t]*([A-Za-z_]\w*)[ \t]*=[ \t]*"((?:[^"\\]|\\.)*)"[ \t]*(,?)/y;
  label.lastIndex = 1;
  for (;;) {
    const at = label.lastIndex;
    const found = label.exec(text);
    if (found === null) {
      const close = /[ \t]*\}/y;
      close.lastIndex = at;
      return close.test(text) ? { labels, length: close.lastIndex } : undefined;
    }
    labels[found[1]!] = found[2]!.replace(/\\(.)/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped));
    if (found[3] === "" && !/^[ \t]*\}/.test(text.slice(label.lastIndex))) return undefined;
  }
}

function numberOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const infinity = /^([+-]?)inf(?:inity)?$/i.exec(text);
  if (infinity !== null) return infinity[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const value = Number(text);
  return Number.isNaN(value) ? undefined : value;
}
