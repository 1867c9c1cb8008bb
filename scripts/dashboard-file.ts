/** Grafana's JSON of a dashboard, by its Foundation SDK. */
import { PanelBuilder as BarsBuilder } from "@grafana/grafana-foundation-sdk/bargauge";
import type { Builder, Dataquery } from "@grafana/grafana-foundation-sdk/cog";
import {
  BarGaugeDisplayMode,
  BigValueColorMode,
  BigValueGraphMode,
  type DataSourceRef,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  ScaleDistribution,
  ScaleDistributionConfigBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  type Panel as GrafanaPanel,
  type GridPos,
  MappingType,
  QueryVariableBuilder,
  RowBuilder,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMap,
  VariableRefresh,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder as DialBuilder } from "@grafana/grafana-foundation-sdk/gauge";
import { PanelBuilder as HeatBuilder } from "@grafana/grafana-foundation-sdk/heatmap";
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as NumberBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as StatesBuilder } from "@grafana/grafana-foundation-sdk/statetimeline";
import { PanelBuilder as LinesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import type { Alert } from "./alert.ts";
import { alertLimit } from "./alert-limit.ts";
import type { Choice, Dashboard, Panel, State } from "./dashboard.ts";
import { placement } from "./panel-placement.ts";
import { prometheusLabel, prometheusName } from "./prometheus-name.ts";

const DATASOURCE: DataSourceRef = { type: "prometheus", uid: "$datasource" };
/** Grafana brings older schemas up to its own when it loads them, and refuses to edit newer ones. */
const SCHEMA = 39;

export function dashboardJson(dashboard: Dashboard): string {
  const { name, title, description, alerts = [] } = dashboard;
  const builder = new DashboardBuilder(title)
    .uid(`telltale-${name}`)
    .description(description)
    .tags(["telltale"])
    .refresh("10s")
    .time({ from: "now-1h", to: "now" })
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(new DatasourceVariableBuilder("datasource").label("Data source").type("prometheus"));
  for (const variable of variables(dashboard)) builder.withVariable(variable);
  if (alerts.length > 0) builder.annotation(firing(alerts));
  const places = placement();
  for (const { title: row, panels } of dashboard.rows) {
    builder.withRow(new RowBuilder(row).gridPos(places.row()));
    for (const panel of panels) builder.withPanel(built(panel, places.panel(panel), alerts));
  }
  return `${JSON.stringify({ uid: "", title, ...builder.build(), schemaVersion: SCHEMA }, null, 2)}\n`;
}

/** The alerts of a page that fire, as ALERTS has them. */
export function firingExpression(alerts: readonly Alert[]): string {
  return `ALERTS{alertstate="firing",alertname=~"${alerts.map(({ name }) => name).join("|")}",instance=~"$instance"}`;
}

function firing(alerts: readonly Alert[]): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name("Alerts")
    .datasource(DATASOURCE)
    .enable(true)
    .iconColor("red")
    .expr(firingExpression(alerts))
    .titleFormat("{{alertname}}")
    .textFormat("{{instance}}")
    .step("30s");
}

function variables({ of, choices = [] }: Dashboard): QueryVariableBuilder[] {
  const metric = prometheusName(of) + (of.kind === "histogram" ? "_count" : "");
  const job = choice("job", "Job", `label_values(${metric}, job)`);
  const instance = choice("instance", "Instance", `label_values(${metric}{job=~"$job"}, instance)`);
  const more = choices.map(({ variable, label, attribute }: Choice) =>
    choice(
      variable,
      label,
      `label_values(${metric}{job=~"$job",instance=~"$instance"}, ${prometheusLabel(attribute)})`,
    ),
  );
  return [job, instance, ...more];
}

function choice(name: string, label: string, query: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATASOURCE)
    .query({ query, refId: name })
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .includeAll(true)
    .multi(true)
    .current({ text: ["All"], value: ["$__all"] });
}

function built(panel: Panel, place: GridPos, alerts: readonly Alert[]): Builder<GrafanaPanel> {
  const { title, description, unit, min, max } = panel;
  const builder = bare(panel)
    .title(title)
    .description(description)
    .datasource(DATASOURCE)
    .gridPos(place)
    .unit(unit)
    .targets(targets(panel))
    .thresholds(thresholds(panel, alerts));
  if (min !== undefined) builder.min(min);
  if (max !== undefined) builder.max(max);
  if (panel.states !== undefined) builder.mappings([mapping(panel.states)]);
  return builder;
}

function bare(panel: Panel): LinesBuilder | NumberBuilder | DialBuilder | BarsBuilder | StatesBuilder | HeatBuilder {
  const latest = new ReduceDataOptionsBuilder().calcs(["lastNotNull"]);
  switch (panel.kind) {
    case "lines":
      return lines(panel);
    case "number":
      return new NumberBuilder()
        .reduceOptions(latest)
        .graphMode(panel.states === undefined ? BigValueGraphMode.Area : BigValueGraphMode.None)
        .colorMode(BigValueColorMode.Value);
    case "dial":
      return new DialBuilder().reduceOptions(latest).showThresholdMarkers(true);
    case "bars":
      return new BarsBuilder()
        .reduceOptions(latest)
        .displayMode(BarGaugeDisplayMode.Basic)
        .orientation(VizOrientation.Horizontal);
    case "states":
      return new StatesBuilder().showValue(VisibilityMode.Never).mergeValues(true).legend(legend());
    case "heat":
      return new HeatBuilder();
  }
}

function lines({ stacked = false, logarithmic = false, limits = [] }: Panel): LinesBuilder {
  const builder = new LinesBuilder()
    .lineWidth(1)
    .fillOpacity(stacked ? 40 : 8)
    .showPoints(VisibilityMode.Never)
    .legend(legend())
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  if (stacked) builder.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group("A"));
  if (logarithmic) {
    builder.scaleDistribution(new ScaleDistributionConfigBuilder().type(ScaleDistribution.Log).log(10));
  }
  if (limits.length > 0) {
    builder.thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
  }
  return builder;
}

function legend(): VizLegendOptionsBuilder {
  return new VizLegendOptionsBuilder()
    .showLegend(true)
    .displayMode(LegendDisplayMode.List)
    .placement(LegendPlacement.Bottom);
}

function targets({ kind, queries, exemplars = false }: Panel): Builder<Dataquery>[] {
  return Object.entries(queries).map(([legendFormat, expr], i) => {
    const query = new DataqueryBuilder()
      .refId(String.fromCharCode("A".charCodeAt(0) + i))
      .datasource(DATASOURCE)
      .expr(expr)
      .legendFormat(legendFormat)
      .range();
    if (kind === "heat") query.format(PromQueryFormat.Heatmap);
    return exemplars ? query.exemplar(true) : query;
  });
}

/** The lines of the alerts that the panel names: orange for a warning, red for what is critical. */
function thresholds({ title, limits = [] }: Panel, alerts: readonly Alert[]): ThresholdsConfigBuilder {
  const drawn = limits.map((name) => {
    const alert = alerts.find((one) => one.name === name);
    if (alert === undefined) throw new TypeError(`panel "${title}" shows the limit of ${name}, which its page lacks`);
    return { ...alertLimit(alert), color: alert.severity === "critical" ? "red" : "orange" };
  });
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps(drawn));
}

function steps(limits: readonly { value: number; fires: "above" | "below"; color: string }[]): Threshold[] {
  const sorted = limits.toSorted((a, b) => a.value - b.value);
  if (sorted[0]?.fires !== "below") {
    return [{ value: null, color: "green" }, ...sorted.map(({ value, color }) => ({ value, color }))];
  }
  // What is below a limit has its colour: each step's colour reaches up to the next.
  const colors = [...sorted.map(({ color }) => color), "green"];
  return [{ value: null, color: colors[0]! }, ...sorted.map(({ value }, i) => ({ value, color: colors[i + 1]! }))];
}

function mapping(states: readonly State[]): ValueMap {
  return {
    type: MappingType.ValueToText,
    options: Object.fromEntries(states.map(({ value, text, color }, index) => [value, { text, color, index }])),
  };
}
