import assert from "node:assert/strict";
import { createControllerMetrics } from "../controller/metrics.ts";
import { Registry } from "../ops/prometheus.ts";
import { SpeakerMetrics } from "../speaker/told/metrics.ts";

/** Of each metric of MetalLB's that Lanlord has: kind and labels, as dashboards and alerts use them. */
const CLIENT: Readonly<Record<string, string>> = {
  metallb_k8s_client_updates_total: "counter",
  metallb_k8s_client_update_errors_total: "counter",
  metallb_k8s_client_config_loaded_bool: "gauge",
  metallb_k8s_client_config_stale_bool: "gauge",
};

const CONTROLLER: Readonly<Record<string, string>> = {
  ...CLIENT,
  metallb_allocator_addresses_total: "gauge pool",
  metallb_allocator_addresses_in_use_total: "gauge pool",
  metallb_allocator_ipv4_addresses_total: "gauge pool",
  metallb_allocator_ipv4_addresses_in_use_total: "gauge pool",
  metallb_allocator_ipv6_addresses_total: "gauge pool",
  metallb_allocator_ipv6_addresses_in_use_total: "gauge pool",
};

const SPEAKER: Readonly<Record<string, string>> = {
  ...CLIENT,
  metallb_speaker_announced: "gauge service,protocol,node,ip",
  metallb_layer2_requests_received: "counter ip",
  metallb_layer2_responses_sent: "counter ip",
  metallb_layer2_gratuitous_sent: "counter ip",
};

Deno.test("the leader's metrics with MetalLB's names are of its kinds and labels", () => {
  const registry = new Registry();
  createControllerMetrics(registry);
  assert.deepEqual(shapesOf(registry), CONTROLLER);
});

Deno.test("a speaker's metrics with MetalLB's names are of its kinds and labels", () => {
  const registry = new Registry();
  new SpeakerMetrics(registry, "n1", () => []);
  assert.deepEqual(shapesOf(registry), SPEAKER);
});

function shapesOf(registry: Registry): Readonly<Record<string, string>> {
  const metrics: readonly unknown[] = registry.getMetricsAsArray();
  return Object.fromEntries(
    metrics.flatMap((metric) => {
      const { name, type, labels } = shapeOf(metric);
      return name.startsWith("metallb_") ? [[name, [type, labels].filter(Boolean).join(" ")]] : [];
    }),
  );
}

/** `getMetricsAsArray` promises plain data and gives the metrics themselves, which know their labels. */
function shapeOf(
  metric: unknown,
): { readonly name: string; readonly type: string; readonly labels: string } {
  if (typeof metric !== "object" || metric === null || !("name" in metric)) {
    throw new TypeError("Cannot read a metric");
  }
  const kind = metric.constructor.name.toLowerCase();
  const labels = "labelNames" in metric && Array.isArray(metric.labelNames)
    ? metric.labelNames
    : [];
  return { name: String(metric.name), type: kind, labels: labels.join(",") };
}
