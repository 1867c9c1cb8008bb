/** Labels of Prometheus itself, and those that histograms have. */
const RESERVED = /^__|^(?:le|quantile)$/;
const LABEL = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Without empty ones, which are the same as none.
 * @throws TypeError with code TELLTALE_BAD_TARGET_LABEL
 */
export function checkedTargetLabels(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  for (const [name, value] of Object.entries(labels)) {
    if (!LABEL.test(name) || RESERVED.test(name)) {
      throw bad(
        `${JSON.stringify(name)} in targetLabels cannot be the label of a target; give a name such as job or region`,
      );
    }
    if (typeof value !== "string") {
      throw bad(`targetLabels.${name} is ${String(value)}; give a text, such as ${JSON.stringify(String(value))}`);
    }
  }
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ""));
}

function bad(message: string): TypeError {
  return Object.assign(new TypeError(message), { code: "TELLTALE_BAD_TARGET_LABEL" });
}
