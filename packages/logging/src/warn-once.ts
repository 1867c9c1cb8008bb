import { diag } from "@opentelemetry/api";

/** Says something the first time; an outage may have millions of occasions. */
export function warnOnce(): (message: string, error?: unknown) => void {
  let said = false;
  return (message, error) => {
    if (said) return;
    said = true;
    if (error === undefined) diag.warn(`telltale: ${message}`);
    else diag.warn(`telltale: ${message}`, error);
  };
}
