import { registerProcessMetrics } from "./process_metrics.ts";
import { Gauge, Registry } from "./prometheus.ts";

/** The one registry of the process, with the process's own figures (memory, CPU) in it. */
export function createRegistry(
  build: { readonly version: string; readonly role: string },
): Registry {
  const registry = new Registry();
  registerProcessMetrics(registry);
  new Gauge({
    name: "lanlord_build_info",
    help: "Always 1; the labels tell which build runs in which role",
    labelNames: ["version", "role"],
    registers: [registry],
  }).set(build, 1);
  return registry;
}
