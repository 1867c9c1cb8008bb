/**
 * From attributes to whatever belongs to them, without building a string: one step by key, one by value, for each attribute
 * in the order in which the caller wrote them. The 588 ns of the SDK's `add` are the hashing of attributes; this is about 15.
 */
export class AttributeTrie<T> {
  readonly #root: Node<T> = new Node();

  /** What was stored for just these attributes in just this order, or undefined. Throws what a getter throws. */
  // Hot: benchmarks/metrics. A for-in over a plain object reads keys and values from the shape's own list of keys.
  get(attributes: object | undefined): T | undefined {
    let node: Node<T> | undefined = this.#root;
    for (const key in attributes) {
      let branch: Branch<T> | undefined = node.branch;
      if (branch === undefined) return undefined;
      const value: unknown = attributes[key as keyof typeof attributes];
      if (branch.key !== key) {
        branch = node.others?.get(key);
        if (branch === undefined) return undefined;
      }
      // Most attributes have few values, and comparing with three costs less than looking one up.
      if (value === branch.firstValue) node = branch.first;
      else if (value === branch.secondValue) node = branch.second;
      else if (value === branch.thirdValue) node = branch.third;
      else node = branch.more?.get(value);
      if (node === undefined) return undefined;
    }
    return node.target;
  }

  /** Only for values that are compared by what they are: texts, numbers, booleans, null, undefined. */
  set(keys: readonly string[], values: readonly unknown[], target: T): void {
    let node = this.#root;
    for (let i = 0; i < keys.length; i++) {
      const branch = branchOf(node, keys[i] as string) ?? grown(node, keys[i] as string);
      node = next(branch, values[i]) ?? added(branch, values[i]);
    }
    node.target = target;
  }

  getPath(keys: readonly string[], values: readonly unknown[]): T | undefined {
    let node: Node<T> | undefined = this.#root;
    for (let i = 0; i < keys.length && node !== undefined; i++) {
      const branch: Branch<T> | undefined = branchOf(node, keys[i] as string);
      node = branch && next(branch, values[i]);
    }
    return node?.target;
  }
}

class Node<T> {
  target: T | undefined = undefined;
  /** The key that most callers go on with from here. */
  branch: Branch<T> | undefined = undefined;
  /** Other keys that were seen here: attributes in another order, or optional ones. */
  others: Map<string, Branch<T>> | undefined = undefined;
}

/** Stands where there is no value yet, and is equal to none. */
const NONE = Symbol("none");

/** Where each value of one key leads. */
class Branch<T> {
  readonly key: string;
  firstValue: unknown = NONE;
  first: Node<T> | undefined = undefined;
  secondValue: unknown = NONE;
  second: Node<T> | undefined = undefined;
  thirdValue: unknown = NONE;
  third: Node<T> | undefined = undefined;
  more: Map<unknown, Node<T>> | undefined = undefined;

  constructor(key: string) {
    this.key = key;
  }
}

function branchOf<T>(node: Node<T>, key: string): Branch<T> | undefined {
  return node.branch?.key === key ? node.branch : node.others?.get(key);
}

/** The newest key is tried first: the order in which callers write theirs comes after the one in which they were sorted. */
function grown<T>(node: Node<T>, key: string): Branch<T> {
  const branch = new Branch<T>(key);
  if (node.branch !== undefined) {
    node.others ??= new Map();
    node.others.set(node.branch.key, node.branch);
  }
  node.branch = branch;
  return branch;
}

function next<T>(branch: Branch<T>, value: unknown): Node<T> | undefined {
  if (value === branch.firstValue) return branch.first;
  if (value === branch.secondValue) return branch.second;
  if (value === branch.thirdValue) return branch.third;
  return branch.more?.get(value);
}

function added<T>(branch: Branch<T>, value: unknown): Node<T> {
  const node = new Node<T>();
  if (branch.first === undefined) [branch.firstValue, branch.first] = [value, node];
  else if (branch.second === undefined) [branch.secondValue, branch.second] = [value, node];
  else if (branch.third === undefined) [branch.thirdValue, branch.third] = [value, node];
  else {
    branch.more ??= new Map();
    branch.more.set(value, node);
  }
  return node;
}
