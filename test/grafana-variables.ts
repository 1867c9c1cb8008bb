/** An expression of a panel as Grafana sends it with "All" chosen: what it puts in the place of each variable. */
export function withVariables(expression: string, { rateInterval = "5m", range = "1h" } = {}): string {
  return expression
    .replaceAll("$__rate_interval", rateInterval)
    .replaceAll("$__range", range)
    .replace(/"\$\w+"/g, '".*"');
}
