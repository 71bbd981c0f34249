import { createControllerMetrics } from "../../../controller/metrics.ts";
import { registerEventMetrics } from "../../../kube/event_metrics.ts";
import { createRegistry } from "../../../ops/metrics.ts";
import type { Registry } from "../../../ops/prometheus.ts";
import { HostWatch } from "../../../speaker/kernel/host_watch.ts";
import { SpeakerMetrics } from "../../../speaker/told/metrics.ts";
import { code, GENERATED, table } from "./markdown.ts";

/** A metric as its registry has it. */
export interface MetricEntry {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly labels: readonly string[];
}

/** Everything that the leader and a speaker register, in that order. */
export function registeredMetrics(): Readonly<
  Record<"leader" | "speaker", readonly MetricEntry[]>
> {
  const none = { dropped: 0 };
  const leader = createRegistry({ version: "", role: "leader" });
  registerEventMetrics(leader, none);
  createControllerMetrics(leader);
  const speaker = createRegistry({ version: "", role: "speaker" });
  registerEventMetrics(speaker, none);
  new SpeakerMetrics(speaker, "", () => []);
  new HostWatch({ registry: speaker, log: () => {}, read: () => undefined });
  return { leader: entriesOf(leader), speaker: entriesOf(speaker) };
}

/** The page of all metrics, as Markdown, not yet formatted. */
export function metricsPage(): string {
  const { leader, speaker } = registeredMetrics();
  const names = (entries: readonly MetricEntry[]): ReadonlySet<string> =>
    new Set(entries.map(({ name }) => name));
  const isLeaders = (name: string): boolean => names(leader).has(name);
  const both = speaker.filter(({ name }) => isLeaders(name));
  return [
    GENERATED,
    "# Metrics",
    "At `/metrics` of every leader and speaker, port 7472. Names that MetalLB has are its own. " +
    "[Alerts and a dashboard](../monitoring.md).",
    "## Of both",
    tableOf(both),
    "## Of the leader",
    tableOf(leader.filter(({ name }) => !names(both).has(name))),
    "## Of a speaker",
    tableOf(speaker.filter(({ name }) => !names(both).has(name))),
  ].join("\n\n");
}

function tableOf(entries: readonly MetricEntry[]): string {
  return table([
    ["name", "type", "labels", ""],
    ...entries.map(({ name, type, labels, help }) => [
      code(name),
      type,
      labels.map(code).join(", "),
      help,
    ]),
  ]);
}

function entriesOf(registry: Registry): readonly MetricEntry[] {
  return registry.getMetricsAsArray().map((metric) => {
    const labels: unknown = Reflect.get(metric, "labelNames");
    return {
      name: metric.name,
      type: `${Reflect.get(metric, "constructor").name}`.toLowerCase(),
      help: metric.help,
      labels: Array.isArray(labels) ? labels.map(String) : [],
    };
  });
}
