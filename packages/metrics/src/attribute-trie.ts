import { MAX_TABLE_TEXT, TextTable } from "./text-table.ts";

/**
 * From attributes to whatever belongs to them, without building a string: one step by key, one by value, for each attribute
 * in the order in which the caller wrote them. The 588 ns of the SDK's `add` are the hashing of attributes; this is about 15.
 */
export class AttributeTrie<T extends object> {
  readonly #root: Node<T> = new Node();

  /** What was stored for just these attributes in just this order, or undefined. Throws what a getter throws. */
  // Hot: benchmarks/metrics. A for-in over a plain object reads keys and values from the shape's own list of keys.
  get(attributes: object | undefined): T | undefined {
    let at: Step<T> | undefined = this.#root;
    for (const key in attributes) {
      if (!(at instanceof Node)) return undefined;
      let branch: Branch<T> | undefined = at.branch;
      if (branch === undefined) return undefined;
      const value: unknown = attributes[key as keyof typeof attributes];
      if (branch.key !== key) {
        branch = at.others?.get(key);
        if (branch === undefined) return undefined;
      }
      // Most attributes have few values, and comparing with three costs less than looking one up.
      if (value === branch.firstValue) at = branch.first;
      else if (value === branch.secondValue) at = branch.second;
      else if (value === branch.thirdValue) at = branch.third;
      else at = further(branch, value);
    }
    return at instanceof Node ? at.target : at;
  }

  /** As `get`, for keys and values in two lists. */
  getPath(keys: readonly string[], values: readonly unknown[]): T | undefined {
    let at: Step<T> | undefined = this.#root;
    for (let i = 0; i < keys.length; i++) {
      if (!(at instanceof Node)) return undefined;
      const branch: Branch<T> | undefined = branchOf(at, keys[i] as string);
      at = branch && next(branch, values[i]);
    }
    return at instanceof Node ? at.target : at;
  }

  /** Only for values that are compared by what they are: texts, numbers, booleans, null, undefined. */
  set(keys: readonly string[], values: readonly unknown[], target: T): void {
    let node = this.#root;
    const last = keys.length - 1;
    keys.forEach((key, i) => {
      const branch = branchOf(node, key) ?? grown(node, key);
      const at = next(branch, values[i]);
      if (i < last || at instanceof Node) {
        // A target that more keys follow becomes a node that has a target.
        const between = at instanceof Node ? at : new Node<T>(at);
        if (between !== at) put(branch, values[i], between);
        node = between;
        if (i === last) node.target = target;
      } else put(branch, values[i], target);
    });
    if (last < 0) node.target = target;
  }
}

/** Where a value leads: to more keys, or, as most paths end there, at once to the target. */
type Step<T extends object> = Node<T> | T;

class Node<T extends object> {
  target: T | undefined;
  /** The key that most callers go on with from here. */
  branch: Branch<T> | undefined = undefined;
  /** Other keys that were seen here: attributes in another order, or optional ones. */
  others: Map<string, Branch<T>> | undefined = undefined;

  constructor(target?: T) {
    this.target = target;
  }
}

/** Stands where there is no value yet, and is equal to none. */
const NONE = Symbol("none");

/** Where each value of one key leads. */
class Branch<T extends object> {
  readonly key: string;
  firstValue: unknown = NONE;
  first: Step<T> | undefined = undefined;
  secondValue: unknown = NONE;
  second: Step<T> | undefined = undefined;
  thirdValue: unknown = NONE;
  third: Step<T> | undefined = undefined;
  /** Further short texts. */
  texts: TextTable<Step<T>> | undefined = undefined;
  /** Further values of other kinds. */
  more: Map<unknown, Step<T>> | undefined = undefined;

  constructor(key: string) {
    this.key = key;
  }
}

function branchOf<T extends object>(node: Node<T>, key: string): Branch<T> | undefined {
  return node.branch?.key === key ? node.branch : node.others?.get(key);
}

/** The newest key is tried first: the order in which callers write theirs comes after the one in which they were sorted. */
function grown<T extends object>(node: Node<T>, key: string): Branch<T> {
  const branch = new Branch<T>(key);
  if (node.branch !== undefined) {
    node.others ??= new Map();
    node.others.set(node.branch.key, node.branch);
  }
  node.branch = branch;
  return branch;
}

function next<T extends object>(branch: Branch<T>, value: unknown): Step<T> | undefined {
  if (value === branch.firstValue) return branch.first;
  if (value === branch.secondValue) return branch.second;
  if (value === branch.thirdValue) return branch.third;
  return further(branch, value);
}

function further<T extends object>(branch: Branch<T>, value: unknown): Step<T> | undefined {
  if (typeof value === "string" && value.length <= MAX_TABLE_TEXT) return branch.texts?.get(value);
  return branch.more?.get(value);
}

function put<T extends object>(branch: Branch<T>, value: unknown, step: Step<T>): void {
  if (branch.first === undefined || branch.firstValue === value) [branch.firstValue, branch.first] = [value, step];
  else if (branch.second === undefined || branch.secondValue === value) {
    [branch.secondValue, branch.second] = [value, step];
  } else if (branch.third === undefined || branch.thirdValue === value) {
    [branch.thirdValue, branch.third] = [value, step];
  } else if (typeof value === "string" && value.length <= MAX_TABLE_TEXT) {
    branch.texts ??= new TextTable();
    branch.texts.set(value, step);
  } else {
    branch.more ??= new Map();
    branch.more.set(value, step);
  }
}
