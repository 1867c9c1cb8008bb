/** A run that cannot get better any more: told to the log, to the span of the run and to the application, once a time. */
import { context, logs, SeverityNumber, type Span, trace } from "@opentelemetry/api";
import { mlScope } from "./ml-scope.ts";

export interface Divergence {
  readonly model: string;
  readonly runId: string | undefined;
  /** `rising_loss` only where `risingLossFactor` is given: those steps were applied, the others not. */
  readonly reason: "nan_loss" | "inf_loss" | "nan_gradient" | "rising_loss";
  /** How many steps of the run were done before. */
  readonly step: number;
}

export function tellDivergence({ model, runId, reason, step }: Divergence, span: Span | undefined): void {
  const attributes = {
    "ml.model": model,
    "ml.reason": reason,
    "ml.step": step,
    ...(runId !== undefined && { "ml.run.id": runId }),
  };
  span?.addEvent("ml.divergence", attributes);
  logs.getLogger(mlScope.name, mlScope.version).emit({
    eventName: "ml.divergence",
    severityNumber: SeverityNumber.WARN,
    severityText: "WARN",
    body: `training of ${model} diverged: ${reason}`,
    attributes,
    context: span === undefined ? context.active() : trace.setSpan(context.active(), span),
  });
}
