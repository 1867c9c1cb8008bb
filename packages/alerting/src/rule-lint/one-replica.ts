/**
 * In a process that evaluates its own rules every series is of one replica. On a server the same expression sees those of all:
 * what adds them up, joins them or asks whether they are absent then means something else.
 */
import type {
  AggregateExpression,
  BinaryExpression,
  CallExpression,
  Expression,
  VectorSelector,
} from "@telltale/promql";
import { selectorsOf } from "./selectors.ts";

export interface ReplicaFault {
  readonly expression: Expression;
  readonly message: string;
  /** Nothing to be mended, but to be known. */
  readonly note: boolean;
}

export interface ReplicaOptions {
  /** The label that tells replicas apart. */
  readonly label: string;
  /** Recorded metrics that do not have it. */
  readonly without: ReadonlySet<string>;
}

/** Whether the series of an expression tell replicas apart; "none" when they are of no replica, or of one by name. */
type Replicas = "apart" | "together" | "none";

interface Context extends ReplicaOptions {
  readonly fault: (expression: Expression, message: string, options?: { readonly note: boolean }) => void;
  /** In a share of replicas that are added up, or a quantile of them. */
  readonly isShare?: boolean;
}

/** The parts that mean something else where there are several replicas; `apart` tells whether the result tells them apart. */
export function replicaFaults(
  expression: Expression,
  options: ReplicaOptions,
): { readonly apart: boolean; readonly faults: readonly ReplicaFault[] } {
  const faults: ReplicaFault[] = [];
  const fault: Context["fault"] = (part, message, { note } = { note: false }) => {
    faults.push({ expression: part, message, note });
  };
  return { apart: replicasOf(expression, { ...options, fault }) !== "together", faults };
}

function replicasOf(expression: Expression, context: Context): Replicas {
  switch (expression.type) {
    case "number":
    case "string":
      return "none";
    case "vectorSelector":
      return ofSelector(expression, context);
    case "matrixSelector":
      return ofSelector(expression.selector, context);
    case "parenthesized":
    case "subquery":
    case "unary":
      return replicasOf(expression.expression, context);
    case "aggregation":
      return ofAggregation(expression, context);
    case "binary":
      return ofBinary(expression, context);
    case "call":
      return ofCall(expression, context);
  }
}

function ofSelector(selector: VectorSelector, { label, without, fault }: Context): Replicas {
  const { name, matchers } = selector;
  if (name === "telltale_condition") {
    const message = `telltale_condition is what the code of one process says: several replicas are several alerts, and one that is down says nothing (up == 0 does)`;
    fault(selector, message, { note: true });
  }
  const pinned = matchers.some((one) => one.name === label && one.operator === "=" && one.value !== "");
  if (pinned) return "none";
  return without.has(name) ? "together" : "apart";
}

/** Those whose result depends on how many series there are, or hides one among the others. */
const MIXING: ReadonlySet<string> = new Set(["sum", "count", "avg", "quantile", "stddev", "stdvar", "count_values"]);
/** These choose among series and leave them as they are. */
const CHOOSING: ReadonlySet<string> = new Set(["topk", "bottomk", "limitk", "limit_ratio"]);

function ofAggregation(aggregation: AggregateExpression, context: Context): Replicas {
  const { operator, expression, grouping, without } = aggregation;
  const { label, fault, isShare } = context;
  const inner = replicasOf(expression, context);
  if (inner !== "apart" || CHOOSING.has(operator)) return inner;
  if (grouping.includes(label) !== without) return "apart";
  if (MIXING.has(operator)) {
    const all = grouping.filter((one) => one !== label);
    const remedy = without ? `without (${all.join(", ")})` : `by (${[label, ...grouping].join(", ")})`;
    const does = operator === "sum" || operator === "count" ? "adds up" : "mixes";
    const means = isShare ? "one that is ill may go unseen among many" : "the same threshold means another thing";
    fault(
      aggregation,
      `${operator} ${does} all replicas on a server, and only this process in it: ${means}; keep the label ${label}: ${operator} ${remedy} (…)`,
    );
  }
  return "together";
}

function ofCall(call: CallExpression, context: Context): Replicas {
  const { name } = call;
  const { label, fault } = context;
  const inner = name === "histogram_quantile" ? noted(context) : context;
  const [first = "none"] = call.arguments.map((one) => replicasOf(one, inner)).filter((one) => one !== "none");
  switch (name) {
    case "absent":
    case "absent_over_time":
      // Whether there is anybody of a job at all is no question of one replica.
      if (first === "apart" && !isOfJob(call.arguments[0]!)) {
        fault(
          call,
          `${name}() is true on a server only when no replica has the series, so one that is gone goes unseen; compare with up, such as: up unless on (job, ${label}) …`,
        );
      }
      return "none";
    case "scalar":
      if (first === "apart") {
        fault(
          call,
          "scalar() of several series is NaN, as with two replicas on a server; aggregate to one, or join with on ()",
        );
      }
      return "none";
    default:
      return first;
  }
}

/** `up` of a job, as it is or compared. */
function isOfJob(expression: Expression): boolean {
  const selectors = selectorsOf(expression);
  const isGiven = ({ name, matchers }: VectorSelector) =>
    name === "up" && matchers.some((one) => one.name === "job" && one.operator === "=");
  return selectors.length > 0 && selectors.every(isGiven);
}

/** What adds up all replicas in it says the same of all as of one, by the same threshold: a share, or a quantile. */
function isShare({ operator, left, right }: BinaryExpression): boolean {
  if (operator !== "/") return false;
  const [part, whole] = [bare(left), bare(right)];
  if (part.type !== "aggregation" || whole.type !== "aggregation") return false;
  const adds = part.operator === "sum" || part.operator === "count";
  const isSame = part.operator === whole.operator && part.without === whole.without;
  return adds && isSame && part.grouping.toSorted().join() === whole.grouping.toSorted().join();
}

function bare(expression: Expression): Expression {
  return expression.type === "parenthesized" ? bare(expression.expression) : expression;
}

/** Faults are no more than to be known. */
function noted(context: Context): Context {
  const fault: Context["fault"] = (part, message) => context.fault(part, message, { note: true });
  return { ...context, fault, isShare: true };
}

function ofBinary(binary: BinaryExpression, given: Context): Replicas {
  const context = isShare(binary) ? noted(given) : given;
  const { operator, left, right, matching } = binary;
  const { label, fault } = context;
  const [leftReplicas, rightReplicas] = [replicasOf(left, context), replicasOf(right, context)];
  if (leftReplicas === "none" || rightReplicas === "none" || matching === undefined) {
    return leftReplicas === "none" ? rightReplicas : leftReplicas;
  }
  const { labels, on, cardinality } = matching;
  const byReplica = labels.includes(label) === on;
  const both = leftReplicas === "apart" && rightReplicas === "apart";
  const setOperator = operator === "and" || operator === "or" || operator === "unless";
  if (both && !byReplica) {
    const remedy = on ? `on (${[label, ...labels].join(", ")})` : `ignoring without ${label}`;
    fault(
      binary,
      setOperator
        ? `${operator} takes the series of any replica for that of this one, on a server; match by ${label}: ${remedy}`
        : `${operator} finds several series to match as soon as a server has two replicas, and the rule fails; match by ${label}: ${remedy}`,
    );
  }
  if (setOperator) return operator === "or" && rightReplicas === "apart" ? "apart" : leftReplicas;
  if (cardinality === "many-to-one") return leftReplicas;
  if (cardinality === "one-to-many") return rightReplicas;
  return both && byReplica ? "apart" : "together";
}
