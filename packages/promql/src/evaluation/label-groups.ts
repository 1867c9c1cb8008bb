import {
  isMetadataLabel,
  keepLabels,
  type Labels,
  labelValue,
  noLabels,
  withoutLabels,
  withoutMetadata,
} from "../labels.ts";

/** By which labels series belong together: `by` some names, or `without` them. */
export interface Grouping {
  readonly grouping: readonly string[];
  readonly without: boolean;
  /** `without` leaves the name, type and unit of the metric too. @default false */
  readonly keepsMetadata?: boolean;
}

/**
 * Numbers for series that are the same to some of their labels. Each label is looked up by itself, so that labels are made
 * for a new group only. Hot: benchmarks/promql.ts.
 */
export class LabelGroups {
  /** Of each group. */
  readonly labels: Labels[] = [];
  readonly #kept: (labels: Labels) => Labels;
  readonly #names: readonly string[];
  readonly #dropped: ReadonlySet<string> | undefined;
  readonly #keepsMetadata: boolean;
  readonly #root: Branch = { group: -1, next: undefined };

  constructor({ grouping, without, keepsMetadata = false }: Grouping) {
    this.#kept = keepsMetadata
      ? (labels) => withoutLabels(labels, new Set(grouping))
      : groupingLabels(grouping, without);
    this.#keepsMetadata = keepsMetadata;
    this.#names = [...new Set(grouping)];
    this.#dropped = without ? new Set(grouping) : undefined;
  }

  /** The number of the group of a series; groups are numbered as they appear. */
  numberOf(labels: Labels): number {
    const branch = this.#dropped === undefined ? this.#byNames(labels) : this.#byOthers(labels, this.#dropped);
    if (branch.group === -1) {
      branch.group = this.labels.length;
      this.labels.push(this.#kept(labels));
    }
    return branch.group;
  }

  #byNames(labels: Labels): Branch {
    let branch = this.#root;
    for (const name of this.#names) branch = follow(branch, labelValue(labels, name));
    return branch;
  }

  #byOthers({ pairs }: Labels, dropped: ReadonlySet<string>): Branch {
    let branch = this.#root;
    for (let i = 0; i < pairs.length; i += 2) {
      const name = pairs[i]!;
      if (dropped.has(name) || (!this.#keepsMetadata && isMetadataLabel(name))) continue;
      branch = follow(follow(branch, name), pairs[i + 1]!);
    }
    return branch;
  }
}

/** What `by` or `without` keeps of the labels of a row. */
export function groupingLabels(grouping: readonly string[], without: boolean): (labels: Labels) => Labels {
  if (!without && grouping.length === 0) return () => noLabels;
  const names = new Set(grouping);
  if (!without) return (labels) => keepLabels(labels, names);
  if (grouping.every(isMetadataLabel)) return withoutMetadata;
  return (labels) => withoutLabels(withoutMetadata(labels), names);
}

interface Branch {
  group: number;
  next: Map<string, Branch> | undefined;
}

function follow(from: Branch, text: string): Branch {
  from.next ??= new Map();
  let branch = from.next.get(text);
  if (branch === undefined) {
    branch = { group: -1, next: undefined };
    from.next.set(text, branch);
  }
  return branch;
}
